// Package tiktokshop takes the pushes of TikTok Shop, a marketplace, and asks its
// Open API for orders and packages.
//
// A push is signed in the header Authorization: the HMAC-SHA256, in hex and
// without a scheme, of the app key and the body, under the app secret. It tells
// of orders and never of a tracking number: that stands in the answers. See
// https://partner.tiktokshop.com/docv2 (pages tts-webhooks-overview,
// configuration-guide, sign-your-api-request, common-errors and those of the
// topics). They were read in public copies of December 2025 and May 2026, not
// at their own place.
//
// Not shown there, and therefore taken loosely: whether a resend keeps its
// timestamp, and what a 401 leads to (stamp.go); the members of topic 2, of
// which only users tell; the numbers that orders had for a status before 2023;
// the words of a general refusal (refusal.go); whether a refresh ends the tokens
// before it (refresh.go); the codes that a refresh is refused with (exchange.go);
// whether one order of another shop refuses a call for many (market.go).
//
// What surprises, and the sample in testdata that shows it:
//   - a notification ID may be missing: address
//   - the shop may be named by another ID, which no order is kept under:
//     seller-for-shop; for topics that we ignore that is usual: inbound
//   - ids may be numbers beyond what a float holds: ids-as-numbers
//   - CANCEL in pushes is CANCELLED in answers: cancel; likewise the ends of
//     requests: cancellation-withdrawn, return-withdrawn
//   - "cancelled" of a cancellation means that the order goes on:
//     cancellation-withdrawn
//   - one push names many packages, a package several orders: packages-split,
//     packages-combined
//   - of the newer topics on returns two name no order: aftersales, rma; one
//     names many: refund
//   - COMPLETED of an order may be a refund without a delivery:
//     pull-completed-refunded; of a package it is the delivery: pull-package
//   - an order that is cancelled on its way may be lost, refused or late:
//     pull-cancelled-on-the-way
//   - an answer's code decides, whatever the HTTP status: pull-token-expired
//   - the parts of an answer about a package have other names in a search:
//     pull-package, pull-package-search
//   - the number to follow across borders is that of the last mile:
//     pull-last-mile
package tiktokshop
