package tiktokshop

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReadSettings(t *testing.T) {
	const form = "TIKTOK_VERSIONS is not of the form orders=202507,package=202309"
	tests := []struct {
		name, versions string
		want           map[string]string
		fault          string
	}{
		{"nothing is set", "", nil, ""},
		{"one", "orders=202507", map[string]string{"orders": "202507"}, ""},
		{"several", "orders=202507, package=202309,", map[string]string{"orders": "202507", "package": "202309"}, ""},
		{"a version alone", "202507", nil, form},
		{"a name alone", "orders=", nil, form},
		{"without a name", "=202507", nil, form},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			values := map[string]string{"TIKTOK_API": "https://api.example.com", "TIKTOK_AUTH": "https://auth.example.com", "TIKTOK_VERSIONS": tt.versions}
			got, err := ReadSettings(func(name string) string { return values[name] })
			if (err == nil) != (tt.fault == "") || err != nil && err.Error() != tt.fault {
				t.Fatalf("ReadSettings = %v, want %q", err, tt.fault)
			}
			if got.API != values["TIKTOK_API"] || got.Auth != values["TIKTOK_AUTH"] {
				t.Errorf("asks %q and %q", got.API, got.Auth)
			}
			if diff := cmp.Diff(tt.want, got.Versions); diff != "" {
				t.Errorf("versions (-want +got):\n%s", diff)
			}
		})
	}
}
