package orderfile

import (
	"slices"
	"strings"
)

// column is one that is read.
type column int

const (
	orderID column = iota
	orderStatus
	packageID
	trackingID
	trackingStatus
	providerName
	country
	zipcode
	createdTime
	paidTime // The times from here on only show how the file writes dates.
	rtsTime
	shippedTime
	deliveredTime
	columns // how many there are
)

// titles are the names of the columns in an export in English.
var titles = [columns]string{
	"Order ID", "Order Status", "Package ID", "Tracking ID", "Tracking Status", "Shipping Provider Name", "Country", "Zipcode",
	"Created Time", "Paid Time", "RTS Time", "Shipped Time", "Delivered Time",
}

func (c column) String() string { return titles[c] }

// otherZipcodes are what postal codes are called where nobody says ZIP.
var otherZipcodes = []string{"zip code", "postcode", "post code", "postal code"}

// unread are further columns of an export. They are known so that an error can
// say what a file has without quoting it: where the header is missing, the first
// line is somebody's address.
var unread = []string{
	"Order Substatus", "Cancelation/Return Type", "Normal or Pre-order", "SKU ID", "Seller SKU", "Product Name", "Variation", "Quantity",
	"SKU Unit Original Price", "SKU Subtotal After Discount", "Shipping Fee After Discount", "Taxes", "Order Amount", "Order Refund Amount",
	"Cancelled Time", "Cancel By", "Cancel Reason", "Fulfillment Type", "Warehouse Name", "Delivery Option", "Buyer Message",
	"Buyer Username", "Recipient", "Phone #", "State", "City", "Address Line 1", "Address Line 2", "Payment Method", "Weight(kg)",
	"Product Category", "Seller Note", "Checked Status",
}

// places says at which cell of a row each column stands, -1 for those that are
// not there.
type places [columns]int

// place finds the columns in a header. reason says why it is none. Of a column that is there twice the first
// counts, but not where everything depends on it.
func place(header []string) (at places, reason string) {
	for c := range at {
		at[c] = -1
	}
	for i, title := range header {
		c, ok := columnOf(title)
		switch {
		case !ok:
		case at[c] < 0:
			at[c] = i
		case c == orderID || c == trackingID:
			return at, "the column " + c.String() + " is there twice"
		}
	}
	if at[orderID] < 0 || at[trackingID] < 0 {
		return at, whatIsMissing(at, header)
	}
	return at, ""
}

func columnOf(title string) (column, bool) {
	t := fold(title)
	for c, name := range titles {
		if t == fold(name) {
			return column(c), true
		}
	}
	return zipcode, slices.Contains(otherZipcodes, t)
}

// fold makes spellings of a title equal.
func fold(title string) string {
	return strings.Join(strings.Fields(strings.ToLower(strings.ReplaceAll(title, "_", " "))), " ")
}

func whatIsMissing(at places, header []string) string {
	var there, missing []string
	for _, name := range append(titles[:], unread...) {
		if slices.ContainsFunc(header, func(title string) bool { return fold(title) == fold(name) }) {
			there = append(there, name)
		}
	}
	if there == nil {
		return "no column of an order export is there: set the language of Seller Center to English, and export the orders as CSV"
	}
	for _, c := range []column{orderID, trackingID} {
		if at[c] < 0 {
			missing = append(missing, c.String())
		}
	}
	return "there is no column " + strings.Join(missing, ", and none ") + "; known columns that are there: " + strings.Join(there, ", ")
}
