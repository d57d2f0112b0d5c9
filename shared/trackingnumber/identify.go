package trackingnumber

// What a check digit says of a candidate. One that fails makes no candidate.
const (
	OK   = "ok"   // it agrees
	None = "none" // the format has none, or none that is known for certain
)

// Result is what a number may be. Its JSON is the answer of local identify.
type Result struct {
	// Valid is true when a check digit, or letters that only one carrier uses,
	// speak for at least one candidate. Where only the length fits it is false
	// beside candidates that need a carrier to be named.
	Valid bool `json:"valid"`
	// Candidates are ranked, the likeliest first: forms that only one carrier
	// has, then bare digits with a check digit, then those that need a hint.
	// Several are said, never chosen from. It is never nil.
	Candidates []Candidate `json:"candidates"`
	// Number is the cleaned number, empty where there can be none.
	Number string `json:"-"`
}

// Candidate is a carrier that may have issued a number.
type Candidate struct {
	Carrier    string `json:"carrier"`
	Service    string `json:"service"` // for people
	CheckDigit string `json:"checkDigit"`

	// Format names the row of the table.
	Format string `json:"-"`
	// Number is what the carrier tracks it under: long barcodes hold more, such
	// as a postal code. It is to be stored, polled and compared.
	Number string `json:"-"`
	// Country is that of the post that issued an S10 number.
	Country string `json:"-"`
	// NeedsHint: so many others have this form that the candidate counts only if
	// somebody names its carrier.
	NeedsHint bool `json:"-"`
}

// Identify returns the carriers that number may be of. Blanks, dashes and case
// do not matter. More than 60 characters, or others than letters and digits,
// are no number.
func Identify(number string) Result {
	if tooLong(number) {
		return Result{Candidates: []Candidate{}}
	}
	s, foreign := clean(number)
	if foreign != noRune {
		s = ""
	}
	return identify(s)
}

func identify(s string) Result {
	res := Result{Number: s, Candidates: []Candidate{}}
	for _, r := range rules().byLength[len(s)] {
		v, tracked := r.judge(s)
		if v < unchecked || res.has(r.format) {
			continue // Another form of the same format says the same again.
		}
		c := r.candidate(v, tracked)
		res.Valid = res.Valid || !c.NeedsHint
		if r.carrier == "" {
			res.Candidates = append(res.Candidates, s10Candidates(s, c)...)
		} else {
			res.Candidates = append(res.Candidates, c)
		}
	}
	return res
}

func (r *Result) has(format string) bool {
	for i := range r.Candidates {
		if r.Candidates[i].Format == format {
			return true
		}
	}
	return false
}

func (r *rule) candidate(v verdict, tracked string) Candidate {
	c := Candidate{
		Carrier: r.carrier, Service: r.service, CheckDigit: None,
		Format: r.format, Number: tracked, NeedsHint: r.tier == hint,
	}
	if v == passed {
		c.CheckDigit = OK
	}
	return c
}

// Of returns the best candidate of a carrier that somebody named.
func (r Result) Of(carrier string) (Candidate, bool) {
	for _, c := range r.Candidates {
		if c.Carrier == carrier {
			return c, true
		}
	}
	return Candidate{}, false
}
