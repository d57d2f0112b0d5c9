// Package shipment is the vocabulary of tracking and the fold that turns what
// sources say of one parcel into one state.
//
// Sources repeat, reorder, correct and contradict each other. So nothing here
// depends on when something arrived: what a source says is a fact ([Event],
// [Estimate], [Link], [Answer]), a [Set] holds the facts of one tracking
// number, and everything that is shown or told is a pure function of that set.
// Adding the same facts in any order, any number of times, cut into bodies in
// any way, gives the same [Shipment] to the byte.
package shipment
