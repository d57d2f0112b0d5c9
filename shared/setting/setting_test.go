package setting_test

import (
	"slices"
	"testing"

	"github.com/shiptide/shiptide/shared/setting"
)

func TestRequired(t *testing.T) {
	environment := map[string]string{"A": "1", "B": "2", "EMPTY": ""}
	getenv := func(name string) string { return environment[name] }
	if got, err := setting.Required(getenv, "B", "A"); err != nil || !slices.Equal(got, []string{"2", "1"}) {
		t.Errorf("Required = %q, %v", got, err)
	}
	if got, err := setting.Required(getenv, "C", "A", "EMPTY"); err == nil || err.Error() != "not set: C, EMPTY" {
		t.Errorf("Required = %q, %v, want all that are missing", got, err)
	}
}
