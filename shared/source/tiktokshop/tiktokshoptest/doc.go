// Package tiktokshoptest stands in for TikTok Shop: its Open API, its
// authorisation and its pushes, over a world in memory that a test plays. Only
// tests and the demo command import it.
//
// It is strict: what the documentation does not allow is refused, also where
// TikTok Shop itself may take it. Of what the documentation leaves open it does
// what is harder for a caller; those choices are guesses:
//   - an order's update_time moves with its status only ("last status change"),
//     that of a package with every change; see Server.Touch
//   - PARTIALLY_SHIPPING and new tracking numbers are not pushed; the lists of
//     topics name neither
//   - one order of another shop refuses the whole call, with 10006402; an order
//     that nobody has is left out of the answer
//   - a search that finds nothing answers without a list; without a sort_order
//     it begins at the newest; a page_token fits only the search it is of, with
//     the very same body
//   - unknown parameters and members are refused with 36009004
//   - the authorisation refuses under HTTP 200, with 36009004
//   - a package that is not shipped is TO_FULFILL; one that was split or combined
//     away is of no shop any more
//   - what was lost of an order is no part of its status any more
//
// Not played: what time does by itself (holds that end, cancellations that are
// automatic, masks 30 days after the end), resends of pushes, returns, and every
// call that changes something: the play does that. Server.Push pushes what is
// left, such as returns.
//
// Whoever plays the world wrongly (ships an order that is on hold, names a shop
// that is not there) has a bug in the test: such calls panic, as those of
// net/http/httptest do, so that a play reads without an error in each line.
package tiktokshoptest
