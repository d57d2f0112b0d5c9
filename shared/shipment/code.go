package shipment

// Status is the coarse state of a parcel. The values are stored and published:
// they are added to, never renamed.
type Status string

// The twelve statuses.
const (
	Pending            Status = "PENDING"
	InfoReceived       Status = "INFO_RECEIVED"
	InTransit          Status = "IN_TRANSIT"
	OutForDelivery     Status = "OUT_FOR_DELIVERY"
	AvailableForPickup Status = "AVAILABLE_FOR_PICKUP"
	FailedAttempt      Status = "FAILED_ATTEMPT"
	Delivered          Status = "DELIVERED"
	Exception          Status = "EXCEPTION"
	Return             Status = "RETURN"
	Cancelled          Status = "CANCELLED"
	Expired            Status = "EXPIRED"
	Unknown            Status = "UNKNOWN"
)

// SubStatus says more about a status. It is unique only together with it:
// GENERIC stands under five of them.
type SubStatus string

// The sub-statuses, in the order of the vocabulary.
const (
	AwaitingData      SubStatus = "AWAITING_DATA"
	NotFound          SubStatus = "NOT_FOUND"
	InvalidNumber     SubStatus = "INVALID_NUMBER"
	NeedsInput        SubStatus = "NEEDS_INPUT"
	CarrierUnknown    SubStatus = "CARRIER_UNKNOWN"
	SourceUnavailable SubStatus = "SOURCE_UNAVAILABLE"

	LabelCreated        SubStatus = "LABEL_CREATED"
	PickupScheduled     SubStatus = "PICKUP_SCHEDULED"
	PickupFailed        SubStatus = "PICKUP_FAILED"
	AwaitingInformation SubStatus = "AWAITING_INFORMATION"

	Moving                    SubStatus = "MOVING"
	Accepted                  SubStatus = "ACCEPTED"
	Departed                  SubStatus = "DEPARTED"
	Arrived                   SubStatus = "ARRIVED"
	Processing                SubStatus = "PROCESSING"
	LeftOriginCountry         SubStatus = "LEFT_ORIGIN_COUNTRY"
	ArrivedDestinationCountry SubStatus = "ARRIVED_DESTINATION_COUNTRY"
	CustomsStarted            SubStatus = "CUSTOMS_STARTED"
	CustomsReleased           SubStatus = "CUSTOMS_RELEASED"
	AtDeliveryDepot           SubStatus = "AT_DELIVERY_DEPOT"
	HandedToPartner           SubStatus = "HANDED_TO_PARTNER"
	Redirected                SubStatus = "REDIRECTED"
	DeliveryScheduled         SubStatus = "DELIVERY_SCHEDULED"
	DeliveryRescheduled       SubStatus = "DELIVERY_RESCHEDULED"
	Held                      SubStatus = "HELD"
	ProblemResolved           SubStatus = "PROBLEM_RESOLVED"

	OnVehicle         SubStatus = "ON_VEHICLE"
	CustomerContacted SubStatus = "CUSTOMER_CONTACTED"
	AppointmentSet    SubStatus = "APPOINTMENT_SET"

	AtPoint SubStatus = "AT_POINT"

	Generic          SubStatus = "GENERIC"
	RecipientAbsent  SubStatus = "RECIPIENT_ABSENT"
	BusinessClosed   SubStatus = "BUSINESS_CLOSED"
	NoAccess         SubStatus = "NO_ACCESS"
	NoticeLeft       SubStatus = "NOTICE_LEFT"
	SecurityOrFees   SubStatus = "SECURITY_OR_FEES"
	RescheduleNeeded SubStatus = "RESCHEDULE_NEEDED"

	Collected SubStatus = "COLLECTED"
	Signed    SubStatus = "SIGNED"
	CODPaid   SubStatus = "COD_PAID"
	Neighbour SubStatus = "NEIGHBOUR"
	SafePlace SubStatus = "SAFE_PLACE"

	DelayCustoms          SubStatus = "DELAY_CUSTOMS"
	DelayExternal         SubStatus = "DELAY_EXTERNAL"
	DelayWeather          SubStatus = "DELAY_WEATHER"
	DelayProcessing       SubStatus = "DELAY_PROCESSING"
	DelayTransport        SubStatus = "DELAY_TRANSPORT"
	Misrouted             SubStatus = "MISROUTED"
	PaymentRequired       SubStatus = "PAYMENT_REQUIRED"
	AddressIssue          SubStatus = "ADDRESS_ISSUE"
	RecipientMoved        SubStatus = "RECIPIENT_MOVED"
	Refused               SubStatus = "REFUSED"
	Unclaimed             SubStatus = "UNCLAIMED"
	RecipientUnavailable  SubStatus = "RECIPIENT_UNAVAILABLE"
	RejectedByCarrier     SubStatus = "REJECTED_BY_CARRIER"
	CustomsActionRequired SubStatus = "CUSTOMS_ACTION_REQUIRED"
	CustomsRejected       SubStatus = "CUSTOMS_REJECTED"
	SecurityHold          SubStatus = "SECURITY_HOLD"
	Investigation         SubStatus = "INVESTIGATION"
	ContactCarrier        SubStatus = "CONTACT_CARRIER"
	Undeliverable         SubStatus = "UNDELIVERABLE"
	Damaged               SubStatus = "DAMAGED"
	Lost                  SubStatus = "LOST"
	Disposed              SubStatus = "DISPOSED"

	Returning SubStatus = "RETURNING"
	Returned  SubStatus = "RETURNED"

	NoUpdates       SubStatus = "NO_UPDATES"
	TrackingStopped SubStatus = "TRACKING_STOPPED"

	Unmapped    SubStatus = "UNMAPPED"
	SourceError SubStatus = "SOURCE_ERROR"
)

// Code is a status with its sub-status. The zero Code belongs to an event that
// stays in the history and moves no state (a photo, a corrected scan).
type Code struct {
	Status    Status    `json:"status"`
	SubStatus SubStatus `json:"subStatus"`
}

// String returns "IN_TRANSIT.MOVING", and "" for the zero Code.
func (c Code) String() string {
	if c == (Code{}) {
		return ""
	}
	return string(c.Status) + "." + string(c.SubStatus)
}

// Known tells whether c stands in the vocabulary.
func (c Code) Known() bool { return index[c] != nil }

// Final tells whether c closes a parcel: delivered, returned, disposed of, lost
// or cancelled. LOST and CANCELLED can still be left by a later scan.
func (c Code) Final() bool { return c.row().Ends != Open && c.Status != Expired }

// Severity is 0 (nothing) to 3 (somebody must act now); 0 for an unknown code.
func (c Code) Severity() int { return c.row().Severity }

// Actor says who must act on c.
func (c Code) Actor() Actor { return c.row().Actor }

// Meaning is the code in a few English words.
func (c Code) Meaning() string { return c.row().Meaning }

// specific is false for a code that says little: a copy of a scan that says
// more is believed before one that does not.
func (c Code) specific() bool { return c.detail() == 2 }

// detail is 0 for a code that says nothing, 1 for one that says little, else 2.
func (c Code) detail() int {
	switch c.SubStatus {
	case "", Unmapped:
		return 0
	case Generic, Moving:
		return 1
	}
	return 2
}

// Rank orders statuses of one instant: the greater is the later step.
func (c Code) Rank() int { return c.row().rank }

func (c Code) row() *Row {
	if r := index[c]; r != nil {
		return r
	}
	return &unknownRow
}
