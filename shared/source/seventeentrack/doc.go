// Package seventeentrack takes the pushes of 17TRACK, an aggregator, and reads
// the answers of its gettrackinfo call, of versions 2.2 and 2.4.
//
// A push is signed in the header sign: the SHA-256, in hex, of the body, a slash
// and the API key. That is no HMAC, but the key stands last. See
// https://api.17track.net/en/doc (version 2.4; read in July 2026).
//
// What surprises, and the sample in testdata that shows it:
//   - each body holds the whole history, newest first: two-providers
//   - one parcel has several carriers, each with its own events: two-providers
//   - a body's time is that of the last look at a carrier: two-providers; a look
//     that failed leaves holes, so the history is not whole: sync-failed
//   - times: an offset, UTC, what the carrier wrote, or only some of them:
//     times; a date without an hour: dates; no time at all: no-time
//   - a carrier number may be in no table: unknown-carrier
//   - a sub-status may be in no table, then its beginning or the stage tells, but
//     never that a parcel was delivered: unknown-codes
//   - what customs want is an exception inside InTransit: customs-information
//   - a departure from the sender's country, an arrival in the recipient's:
//     borders
//   - the status of the whole parcel may say more than its events: headline
//   - events may be missing beside the latest one and the stages: stages
//   - the number of the last mile is an alias: last-mile
//   - the end of tracking says nothing about the parcel: stopped
//   - an expected date at 00:00:00 is a date: estimate; after the delivery it is
//     none: two-providers
//   - data is an object, in old descriptions a list: data-list
//   - part of an answer may be refused: pull-partial; of one number all of it:
//     pull-not-registered; the refusal may be about the parcel: pull-needs-input
package seventeentrack
