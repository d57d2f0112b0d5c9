package shipment

// Ending says whether a code closes a parcel.
type Ending int

// The endings: a provisional one may be left again by a later event.
const (
	Open Ending = iota
	Provisional
	Terminal
)

// Actor is who must act.
type Actor string

// The actors. Either is the customer or the seller, whoever has the papers.
const (
	Nobody   Actor = ""
	Customer Actor = "customer"
	Seller   Actor = "seller"
	Either   Actor = "customer/seller"
)

// Row describes one code of the vocabulary.
type Row struct {
	Code     Code
	Meaning  string
	Ends     Ending
	Actor    Actor
	Severity int // 0 nothing, 1 worth a look, 2 trouble, 3 somebody must act
	rank     int
}

// Vocabulary lists every code there is, in the order in which it is shown.
// An unknown carrier code is UNKNOWN.UNMAPPED: never a guess, never a delay.
func Vocabulary() []Row { return append([]Row(nil), vocabulary[:]...) }

var vocabulary = [...]Row{
	{Code{Pending, AwaitingData}, "registered, no carrier data yet", Open, Nobody, 0, 0},
	{Code{Pending, NotFound}, "carrier has no record", Open, Nobody, 1, 0},
	{Code{Pending, InvalidNumber}, "number malformed/impossible", Open, Seller, 2, 0},
	{Code{Pending, NeedsInput}, "postcode/phone/account needed to track", Open, Seller, 2, 0},
	{Code{Pending, CarrierUnknown}, "carrier not detected or ambiguous", Open, Seller, 2, 0},
	{Code{Pending, SourceUnavailable}, "carrier/aggregator interface failing", Open, Nobody, 1, 0},
	{Code{InfoReceived, LabelCreated}, "electronic notice only", Open, Nobody, 0, 10},
	{Code{InfoReceived, PickupScheduled}, "collection booked", Open, Nobody, 0, 10},
	{Code{InfoReceived, PickupFailed}, "collection failed / not ready", Open, Seller, 2, 10},
	{Code{InfoReceived, AwaitingInformation}, "carrier waits for shipper data", Open, Seller, 1, 10},
	{Code{InTransit, Moving}, "generic movement", Open, Nobody, 0, 20},
	{Code{InTransit, Accepted}, "picked up / first physical scan", Open, Nobody, 0, 20},
	{Code{InTransit, Departed}, "left a facility", Open, Nobody, 0, 20},
	{Code{InTransit, Arrived}, "arrived at a facility/hub", Open, Nobody, 0, 20},
	{Code{InTransit, Processing}, "sorted/processed", Open, Nobody, 0, 20},
	{Code{InTransit, LeftOriginCountry}, "exported", Open, Nobody, 0, 20},
	{Code{InTransit, ArrivedDestinationCountry}, "imported", Open, Nobody, 0, 20},
	{Code{InTransit, CustomsStarted}, "presented to customs", Open, Nobody, 0, 20},
	{Code{InTransit, CustomsReleased}, "cleared", Open, Nobody, 0, 20},
	{Code{InTransit, AtDeliveryDepot}, "at last-mile depot", Open, Nobody, 0, 20},
	{Code{InTransit, HandedToPartner}, "given to another carrier", Open, Nobody, 0, 20},
	{Code{InTransit, Redirected}, "sent to a different address", Open, Nobody, 1, 20},
	{Code{InTransit, DeliveryScheduled}, "slot proposed or set", Open, Nobody, 0, 20},
	{Code{InTransit, DeliveryRescheduled}, "slot moved", Open, Nobody, 1, 20},
	{Code{InTransit, Held}, "held, cause neutral or unknown", Open, Nobody, 1, 20},
	{Code{InTransit, ProblemResolved}, "earlier exception cleared", Open, Nobody, 0, 20},
	{Code{OutForDelivery, OnVehicle}, "on the vehicle", Open, Nobody, 0, 30},
	{Code{OutForDelivery, CustomerContacted}, "driver/depot contacted customer", Open, Nobody, 0, 30},
	{Code{OutForDelivery, AppointmentSet}, "appointment fixed", Open, Nobody, 0, 30},
	{Code{AvailableForPickup, AtPoint}, "ready at post office/shop/locker", Open, Customer, 1, 40},
	{Code{FailedAttempt, Generic}, "attempt failed", Open, Nobody, 2, 35},
	{Code{FailedAttempt, RecipientAbsent}, "nobody there", Open, Customer, 2, 35},
	{Code{FailedAttempt, BusinessClosed}, "closed", Open, Nobody, 2, 35},
	{Code{FailedAttempt, NoAccess}, "location not accessible", Open, Customer, 2, 35},
	{Code{FailedAttempt, NoticeLeft}, "card left", Open, Customer, 2, 35},
	{Code{FailedAttempt, SecurityOrFees}, "security, clearance or fee problem at door", Open, Customer, 2, 35},
	{Code{FailedAttempt, RescheduleNeeded}, "recipient must pick a new slot", Open, Customer, 2, 35},
	{Code{Delivered, Generic}, "delivered", Provisional, Nobody, 0, 60},
	{Code{Delivered, Collected}, "collected by customer", Provisional, Nobody, 0, 60},
	{Code{Delivered, Signed}, "signed", Provisional, Nobody, 0, 60},
	{Code{Delivered, CODPaid}, "delivered, cash collected", Provisional, Nobody, 0, 60},
	{Code{Delivered, Neighbour}, "left with a neighbour", Provisional, Nobody, 1, 60},
	{Code{Delivered, SafePlace}, "left at door/safe place", Provisional, Nobody, 1, 60},
	{Code{Exception, Generic}, "unspecific", Open, Nobody, 2, 45},
	{Code{Exception, DelayCustoms}, "customs delay", Open, Nobody, 2, 25},
	{Code{Exception, DelayExternal}, "other delay", Open, Nobody, 1, 25},
	{Code{Exception, DelayWeather}, "weather/force majeure", Open, Nobody, 1, 25},
	{Code{Exception, DelayProcessing}, "carrier processing/capacity", Open, Nobody, 1, 25},
	{Code{Exception, DelayTransport}, "late flight/vehicle breakdown", Open, Nobody, 1, 25},
	{Code{Exception, Misrouted}, "missorted", Open, Nobody, 1, 25},
	{Code{Exception, PaymentRequired}, "duty/fee/COD to pay", Open, Customer, 3, 45},
	{Code{Exception, AddressIssue}, "address wrong/incomplete", Open, Customer, 3, 45},
	{Code{Exception, RecipientMoved}, "moved", Open, Customer, 3, 45},
	{Code{Exception, Refused}, "refused by recipient", Open, Seller, 3, 45},
	{Code{Exception, Unclaimed}, "not collected in time", Open, Seller, 3, 45},
	{Code{Exception, RecipientUnavailable}, "recipient not reachable, carrier stopped trying", Open, Customer, 2, 45},
	{Code{Exception, RejectedByCarrier}, "carrier will not carry it", Open, Seller, 3, 45},
	{Code{Exception, CustomsActionRequired}, "documents/info needed", Open, Either, 3, 45},
	{Code{Exception, CustomsRejected}, "refused or seized by customs", Open, Seller, 3, 45},
	{Code{Exception, SecurityHold}, "security/regulatory hold", Open, Seller, 2, 45},
	{Code{Exception, Investigation}, "being searched/researched", Open, Nobody, 2, 45},
	{Code{Exception, ContactCarrier}, "carrier asks for a call", Open, Customer, 2, 45},
	{Code{Exception, Undeliverable}, "cannot be delivered, no retry", Open, Seller, 3, 45},
	{Code{Exception, Damaged}, "damaged", Open, Seller, 3, 45},
	{Code{Exception, Lost}, "declared lost", Provisional, Seller, 3, 45},
	{Code{Exception, Disposed}, "destroyed/discarded", Terminal, Seller, 3, 45},
	{Code{Return, Returning}, "on its way back", Open, Nobody, 3, 50},
	{Code{Return, Returned}, "back at sender", Terminal, Seller, 3, 70},
	{Code{Cancelled, Generic}, "voided/cancelled", Provisional, Nobody, 2, 55},
	{Code{Expired, NoUpdates}, "source gave up: no event for its limit", Provisional, Seller, 2, -1},
	{Code{Expired, TrackingStopped}, "source stopped polling (quota, request, stop rule)", Open, Nobody, 1, -1},
	{Code{Unknown, Unmapped}, "code not in the tables", Open, Nobody, 0, -1},
	{Code{Unknown, SourceError}, "source reports an error", Open, Nobody, 1, -1},
}

// unknownRow stands for codes outside the vocabulary, the zero Code too: they
// sort first and close nothing.
var unknownRow = Row{rank: -2}

var index = func() map[Code]*Row {
	m := make(map[Code]*Row, len(vocabulary))
	for i := range vocabulary {
		m[vocabulary[i].Code] = &vocabulary[i]
	}
	return m
}()
