package snssender

import "time"

// What SNS allows an account. Unless said otherwise: AWS General Reference,
// "Amazon SNS endpoints and quotas", as of 2026.
const (
	// maxMessage is of body and attributes together (Publish in the API model).
	maxMessage = 262_144
	// mailPerSecond is below "Email delivery rate", 10 a second, hard. The page
	// does not say of what; of the account is the worst reading. An address that
	// gets more is suspended and has to confirm again (developer guide, "Email
	// notifications").
	mailPerSecond = 9
	// maxPending is below "Pending subscriptions", 5,000 an account. What else of
	// the account waits for confirmation is not counted here.
	maxPending = 4_500
	// subjectUnits is "less than 100 characters" (Publish in the API model).
	subjectUnits = 99
	// maxParts is ours: SNS takes 1,600 characters, and each part is paid.
	maxParts = 2
)

// Times of SNS, and how long we believe what it said.
const (
	// pendingDays are the days (UTC) that hold the 48 hours after which SNS drops
	// a subscription that nobody confirmed (developer guide, "Email notifications").
	pendingDays = 3
	// stateFresh is how long a state is believed, stateFreshPending how long that
	// nobody confirmed: whoever just did wants to hear of the parcel.
	stateFresh        = 24 * time.Hour
	stateFreshPending = 10 * time.Minute
	// settle is how long a subscription just made may not be listed yet. SNS
	// promises nothing of it, and the other reading would end the thread for ever.
	settle = 15 * time.Minute
	// pendingFor and throttledFor are when to come again.
	pendingFor   = time.Hour
	throttledFor = 5 * time.Second
	// rowLife is how long what is known of a mail topic is kept. Then it is read
	// again.
	rowLife = 30 * 24 * time.Hour
)
