package tiktokshoptest

import "slices"

// orderAnswer is an order as the calls for orders have it. Times are in seconds;
// what does not apply is left out.
type orderAnswer struct {
	ID              string         `json:"id"`
	UserID          string         `json:"user_id"`
	Status          string         `json:"status"`
	OrderType       string         `json:"order_type"`
	FulfillmentType string         `json:"fulfillment_type"`
	ShippingType    string         `json:"shipping_type"`
	DeliveryType    string         `json:"delivery_type"`
	OnHold          bool           `json:"is_on_hold_order"`
	AskedToCancel   bool           `json:"is_buyer_request_cancel"`
	BuyerEmail      string         `json:"buyer_email"`
	BuyerMessage    string         `json:"buyer_message"`
	Tracking        string         `json:"tracking_number"`
	Provider        string         `json:"shipping_provider"`
	ProviderID      string         `json:"shipping_provider_id"`
	Tag             string         `json:"split_or_combine_tag,omitzero"`
	Packages        []idAnswer     `json:"packages"`
	Warehouse       string         `json:"warehouse_id"`
	DeliveryOption  string         `json:"delivery_option_id"`
	DeliveryName    string         `json:"delivery_option_name"`
	Readdressed     bool           `json:"has_updated_recipient_address"`
	Recipient       *addressAnswer `json:"recipient_address,omitzero"`
	Lines           []lineAnswer   `json:"line_items"`
	Initiator       string         `json:"cancellation_initiator,omitzero"`
	CancelReason    string         `json:"cancel_reason,omitzero"`

	CreateTime   int64 `json:"create_time"`
	PaidTime     int64 `json:"paid_time,omitzero"`
	RTSTime      int64 `json:"rts_time,omitzero"`
	CollectTime  int64 `json:"collection_time,omitzero"`
	DeliveryTime int64 `json:"delivery_time,omitzero"`
	CancelTime   int64 `json:"cancel_time,omitzero"`
	RequestTime  int64 `json:"request_cancel_time,omitzero"`
	UpdateTime   int64 `json:"update_time"`

	RTSSLA      int64 `json:"rts_sla_time,omitzero"`
	TTSSLA      int64 `json:"tts_sla_time,omitzero"`
	ShippingDue int64 `json:"shipping_due_time,omitzero"`
	CollectDue  int64 `json:"collection_due_time,omitzero"`
	DeliveryDue int64 `json:"delivery_due_time,omitzero"`
	DeliverySLA int64 `json:"delivery_sla_time,omitzero"`
}

type idAnswer struct {
	ID string `json:"id"`
}

// lineAnswer is one unit of an order.
type lineAnswer struct {
	ID            string `json:"id"`
	SKU           string `json:"sku_id"`
	SellerSKU     string `json:"seller_sku"`
	Product       string `json:"product_id"`
	ProductName   string `json:"product_name"`
	PackageID     string `json:"package_id,omitzero"`
	PackageStatus string `json:"package_status,omitzero"`
	DisplayStatus string `json:"display_status"`
	Tracking      string `json:"tracking_number"`
	ProviderID    string `json:"shipping_provider_id"`
	Provider      string `json:"shipping_provider_name"`
	RTSTime       int64  `json:"rts_time,omitzero"`
	CancelUser    string `json:"cancel_user,omitzero"`
}

// addressAnswer is an address as sellers see it after the masking.
type addressAnswer struct {
	Region     string `json:"region_code"`
	PostalCode string `json:"postal_code"`
	Name       string `json:"name"`
	Phone      string `json:"phone_number"`
	Full       string `json:"full_address"`
	Detail     string `json:"address_detail"`
}

func (o *order) answer() *orderAnswer {
	a := &orderAnswer{
		ID: o.ID, UserID: "7020000000000000042", Status: o.status, OrderType: "NORMAL",
		FulfillmentType: o.FulfillmentType, ShippingType: o.ShippingType, DeliveryType: "HOME_DELIVERY",
		OnHold: o.holds(), AskedToCancel: !o.asked.IsZero(), BuyerEmail: "v2invented@chat.seller.tiktok.com",
		Packages: []idAnswer{}, Warehouse: "6955000000000000001",
		DeliveryOption: "7091000000000000001", DeliveryName: "Standard shipping",
		Readdressed: o.moved, Recipient: o.recipient(),
		CreateTime: second(o.created), PaidTime: second(o.paid), RTSTime: second(o.shipped),
		CollectTime: second(o.collected), DeliveryTime: second(o.delivered), CancelTime: second(o.cancelled),
		RequestTime: second(o.asked), UpdateTime: second(o.updated),
		RTSSLA: second(o.Deadlines.RTS), TTSSLA: second(o.Deadlines.TTS), ShippingDue: second(o.Deadlines.Shipping),
		CollectDue: second(o.Deadlines.Collection), DeliveryDue: second(o.Deadlines.Delivery), DeliverySLA: second(o.Deadlines.DeliverySLA),
	}
	if o.status == Cancelled {
		a.Initiator, a.CancelReason = o.initiator, o.reason
	}
	packs := o.packs()
	for _, p := range packs {
		a.Packages = append(a.Packages, idAnswer{p.id})
		if a.Tracking == "" { // Of several packages that of the first; a guess.
			a.Tracking, a.Provider, a.ProviderID = p.parcel.Number, p.parcel.Provider, p.parcel.ProviderID
		}
		if len(p.orders()) > 1 {
			a.Tag = "COMBINED"
		}
	}
	if len(packs) > 1 {
		a.Tag = "SPLIT"
	}
	for _, l := range o.lines {
		a.Lines = append(a.Lines, l.answer())
	}
	return a
}

func (l *line) answer() lineAnswer {
	a := lineAnswer{
		ID: l.id, SKU: "1729000000000000001", SellerSKU: "SKU-1", Product: "1728000000000000001",
		ProductName: "Invented mug", DisplayStatus: l.display(), CancelUser: l.by,
	}
	p := l.pack
	if p == nil || !p.isShipped() && l.order.holds() { // In the US and the UK not before it is shipped.
		return a
	}
	a.PackageID, a.PackageStatus, a.RTSTime = p.id, p.status, second(p.shipped)
	if l.cancelled {
		a.PackageStatus = Cancelled
	}
	a.Tracking, a.Provider, a.ProviderID = p.parcel.Number, p.parcel.Provider, p.parcel.ProviderID
	return a
}

// recipient is nothing before the hold is over. In the US the postal code is
// masked once the order is cancelled; its form is a guess.
func (o *order) recipient() *addressAnswer {
	if o.begun == Unpaid || o.begun == OnHold {
		return nil
	}
	a := &addressAnswer{o.To.Region, o.To.PostalCode, "A*** B***", "(+1)408-***-0000", "***", "***"}
	if o.status == Cancelled && o.shop.Region == "US" && a.PostalCode != "" {
		a.PostalCode = a.PostalCode[:1] + "****"
	}
	return a
}

// packageAnswer is a package as the calls for packages have it. The names of two
// members are others in a search.
type packageAnswer struct {
	ID            string         `json:"id,omitzero"`
	Status        string         `json:"status,omitzero"`
	PackageID     string         `json:"package_id,omitzero"`
	PackageStatus string         `json:"package_status,omitzero"`
	Orders        []idAnswer     `json:"orders"`
	Lines         []string       `json:"order_line_item_ids"`
	Tag           string         `json:"split_and_combine_tag"`
	ShippingType  string         `json:"shipping_type"`
	ProviderID    string         `json:"shipping_provider_id"`
	Provider      string         `json:"shipping_provider_name"`
	Tracking      string         `json:"tracking_number"`
	LastMile      string         `json:"last_mile_tracking_number,omitzero"`
	Delivery      string         `json:"delivery_option_id"`
	DeliveryName  string         `json:"delivery_option_name"`
	Handover      string         `json:"handover_method"`
	Recipient     *addressAnswer `json:"recipient_address,omitzero"`
	CreateTime    int64          `json:"create_time"`
	UpdateTime    int64          `json:"update_time"`

	paid int64 // of its first order
}

func (p *pack) answer() *packageAnswer {
	a := &packageAnswer{
		ID: p.id, Status: p.status, PackageID: p.id, PackageStatus: p.status, Tag: p.tag,
		ShippingType: p.parcel.ShippingType, ProviderID: p.parcel.ProviderID, Provider: p.parcel.Provider,
		Tracking: p.parcel.Number, LastMile: p.parcel.LastMile,
		Delivery: "7091000000000000001", DeliveryName: "Standard shipping", Handover: "DROP_OFF",
		CreateTime: second(p.created), UpdateTime: second(p.updated),
	}
	if a.ShippingType == "" {
		a.ShippingType = p.lines[0].order.ShippingType
	}
	for _, o := range p.orders() {
		a.Orders = append(a.Orders, idAnswer{o.ID})
	}
	for _, l := range p.lines {
		a.Lines = append(a.Lines, l.id)
	}
	first := slices.MinFunc(p.orders(), func(a, b *order) int { return a.paid.Compare(b.paid) })
	a.paid, a.Recipient = second(first.paid), p.lines[0].order.recipient()
	return a
}
