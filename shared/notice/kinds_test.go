package notice_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/shiptide/shiptide/shared/notice"
	"github.com/shiptide/shiptide/shared/shipment"
)

// TestRules reads the whole table: a slip in it must not wait for the parcel
// that finds it.
func TestRules(t *testing.T) {
	rules := notice.Rules()
	if len(rules) != 89 {
		t.Fatalf("%d rules, want 89", len(rules))
	}
	kinds := strings.Fields(`none on_its_way arrived_in_country out_for_delivery attempt_failed ready_for_pickup delivered
		delayed returning returned cancelled payment_due problem customs_action found_again back_on_time correction
		invalid_number no_first_scan customs_papers pickup_failed stalled likely_lost lost undeliverable attempts_exhausted
		mismatch number_reuse address_problem refused unclaimed rejected_by_carrier damaged authorisation_expiring number_changed`)
	beyond := map[shipment.Status]int{"FLAG": 11, "CHANGE": 4, "SHOP": 1}
	var nobody, customers, sellers, both int
	acts := map[notice.Audience]int{}
	for c, r := range rules {
		if n, ok := beyond[c.Status]; ok {
			beyond[c.Status] = n - 1
		} else if !c.Known() {
			t.Errorf("%s is not in the vocabulary", c)
		} else if r.Severity != c.Severity() {
			t.Errorf("severity of %s is %d here and %d in the vocabulary", c, r.Severity, c.Severity())
		}
		for _, k := range []notice.Kind{r.CustomerKind, r.SellerKind} {
			if !slices.Contains(kinds, string(k)) {
				t.Errorf("%s tells %q, which is no kind", c, k)
			}
		}
		tellsCustomer, tellsSeller := r.CustomerKind != notice.None, r.SellerKind != notice.None
		switch {
		case tellsCustomer && tellsSeller:
			both++
		case !tellsCustomer && !tellsSeller:
			nobody++
		}
		if tellsCustomer {
			customers++
		}
		if tellsSeller {
			sellers++
		}
		acts[r.WhoActs]++
		silent := !tellsCustomer && !tellsSeller
		if silent != (r.ValidFor == "-") || silent != (r.Occurrence == "-") || silent != (r.NextStep == "-") {
			t.Errorf("%s: tells nobody is %t, but valid %q, occurrence %q, next step %q", c, silent, r.ValidFor, r.Occurrence, r.NextStep)
		}
		if !silent && !slices.Contains([]notice.Validity{notice.WhileState, notice.SameDay, notice.For72h, notice.For168h}, r.ValidFor) {
			t.Errorf("%s is valid for %q", c, r.ValidFor)
		}
		if !silent && !slices.Contains([]notice.Occurrence{notice.Once, notice.PerDate, notice.PerETA}, r.Occurrence) {
			t.Errorf("%s occurs %q", c, r.Occurrence)
		}
	}
	for _, row := range shipment.Vocabulary() {
		if rules[row.Code] == nil {
			t.Errorf("no rule for %s", row.Code)
		}
	}
	for status, left := range beyond {
		if left != 0 {
			t.Errorf("%s: %d rules missing", status, left)
		}
	}
	if got, want := [...]int{nobody, customers, sellers, both}, [...]int{20, 51, 33, 15}; got != want {
		t.Errorf("told: nobody, customers, sellers, both = %v, want %v", got, want)
	}
	if got, want := [...]int{acts[notice.Customer], acts[notice.Seller], acts[""]}, [...]int{15, 26, 48}; got != want {
		t.Errorf("must act: customer, seller, nobody = %v, want %v", got, want)
	}
}

func TestKindOfAudience(t *testing.T) {
	tests := []struct {
		name, code                string
		customer, seller, machine notice.Kind
	}{
		{"both", "EXCEPTION.LOST", "problem", "lost", "problem"},
		{"only the customer", "OUT_FOR_DELIVERY.ON_VEHICLE", "out_for_delivery", "none", "out_for_delivery"},
		{"only the seller, and so machines", "EXCEPTION.REFUSED", "none", "refused", "refused"},
		{"nobody", "INFO_RECEIVED.LABEL_CREATED", "none", "none", "none"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := notice.Rules()[code(tt.code)]
			got := [...]notice.Kind{r.Kind(notice.Customer), r.Kind(notice.Seller), r.Kind(notice.Machine)}
			if want := [...]notice.Kind{tt.customer, tt.seller, tt.machine}; got != want {
				t.Errorf("told to customer, seller, machine: %v, want %v", got, want)
			}
		})
	}
}
