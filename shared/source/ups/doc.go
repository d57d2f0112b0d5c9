// Package ups takes the pushes of UPS Track Alert and reads the answers of its
// Track API.
//
// UPS signs nothing. Version 1 of Track Alert sends a secret of ours in the
// header credential; version 2 fetches a bearer token from our endpoint
// /webhooks/ups/token and sends it with our client id in x-api-key. See
// https://github.com/UPS-API/api-documentation (UPSTrackAlert.yaml,
// Tracking.yaml; read in July 2026).
//
// What surprises, and the sample in testdata that shows it:
//   - a letter pair means other things under each type: pull-type-decides
//   - type D is "delivery information", not "delivered": d-without-code, attempt
//   - a scan on the way back looks like progress, or like a delivery: returning,
//     returned
//   - some notes count only as delivered with 011: x-delivered-note
//   - absent values are empty strings: transit; descriptionCode may be a number
//     that lost its zeros: number-code; so may codes: short-code
//   - the date of a delivery event is stale, so it is no estimate: delivered
//   - offsets are written -04.00 in pushes and -05:00 in answers; times lose
//     leading zeros or get colons: offset-only, pull-times
//   - there may be no GMT time: local-only; or only that: gmt-only
//   - a member may be of another kind than documented: wrong-kinds
//   - the second number of a parcel is an alias, no exception: new-number
//   - freight reuses the three-digit codes for other things: pull-freight
//   - Mail Innovations has codes of its own: pull-mail-innovations
//   - unknown numbers are told as 404, or as 200 with a warning:
//     pull-404-not-found, pull-200-warning
package ups
