package tiktokshoptest

import (
	"cmp"
	"encoding/base64"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json"
)

const usualPage = 20

// row is what a search found, with what it may be sorted by.
type row struct {
	by     map[string]int64
	id     string
	answer any
}

// cursor is what a page token says: which search it is of, and which rows were
// seen.
type cursor struct {
	Search string `json:"s"`
	Seen   int    `json:"n"`
	By     int64  `json:"v"`
	ID     string `json:"i"`
}

// sorted is how the rows of a call are sorted.
type sorted struct {
	field string
	down  bool
}

// page answers with a page of rows, which are in the order in which they came.
func (s *Server) page(c *call, name string, most int, fields []string, rows []row) (any, *refusal) {
	size, refused := c.size(most)
	if refused != nil {
		return nil, refused
	}
	by, refused := c.sorted(fields)
	if refused != nil {
		return nil, refused
	}
	search := sum(c.shop.ID, c.route.name+by.field+strconv.FormatBool(by.down)+string(c.body))
	seen, refused := c.cursor(search)
	if refused != nil {
		return nil, refused
	}
	if s.MaxPage > 0 {
		size = min(size, s.MaxPage)
	}
	compare := func(a, b row) int { return by.compare(a.by[by.field], a.id, b.by[by.field], b.id) }
	slices.SortFunc(rows, compare)
	from := 0
	switch {
	case seen == nil:
	case s.CountedPages:
		from = min(seen.Seen, len(rows))
	default:
		for from < len(rows) && by.compare(rows[from].by[by.field], rows[from].id, seen.By, seen.ID) <= 0 {
			from++
		}
	}
	to := min(from+size, len(rows))
	out := map[string]any{"total_count": len(rows), "next_page_token": ""}
	if to < len(rows) {
		last := rows[to-1]
		out["next_page_token"] = (&cursor{search, to, last.by[by.field], last.id}).token()
	}
	var answers []any
	for _, r := range rows[from:to] {
		answers = append(answers, r.answer)
	}
	if answers != nil {
		out[name] = answers
	}
	return out, nil
}

func (c *call) size(most int) (int, *refusal) {
	text := c.query.Get("page_size")
	if text == "" && !c.query.Has("page_size") {
		return usualPage, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > most {
		return 0, bad("page_size is out of range")
	}
	return n, nil
}

func (c *call) sorted(fields []string) (by sorted, refused *refusal) {
	by = sorted{field: cmp.Or(c.query.Get("sort_field"), "create_time"), down: c.query.Get("sort_order") != "ASC"}
	if !slices.Contains(fields, by.field) {
		return by, bad("sort_field is unknown")
	}
	if order := c.query.Get("sort_order"); order != "" && order != "ASC" && order != "DESC" {
		return by, bad("sort_order is unknown")
	}
	return by, nil
}

func (by sorted) compare(a int64, aID string, b int64, bID string) int {
	if by.down {
		a, aID, b, bID = b, bID, a, aID
	}
	return cmp.Or(cmp.Compare(a, b), cmp.Compare(len(aID), len(bID)), cmp.Compare(aID, bID))
}

// cursor reads the page token of a call, nil if it has none.
func (c *call) cursor(search string) (*cursor, *refusal) {
	text := c.query.Get("page_token")
	if text == "" {
		return nil, nil
	}
	var seen cursor
	body, err := base64.StdEncoding.DecodeString(text)
	if err != nil || json.Unmarshal(body, &seen) != nil || seen.Search != search {
		return nil, bad("page_token is not of this search")
	}
	return &seen, nil
}

// token is in an alphabet that must be escaped in a query.
func (k *cursor) token() string {
	body, err := json.Marshal(k)
	if err != nil {
		panic("tiktokshoptest: page token: " + err.Error()) // It is of texts and numbers.
	}
	return base64.StdEncoding.EncodeToString(body)
}
