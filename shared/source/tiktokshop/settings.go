package tiktokshop

import (
	"errors"
	"strings"
)

// ReadSettings reads where the Open API is and in which versions its calls are
// made, from an environment or from what a stack says of itself: TIKTOK_API,
// TIKTOK_AUTH, and TIKTOK_VERSIONS as "orders=202507,package=202309". What is unset
// is as the documentation says.
func ReadSettings(getenv func(string) string) (Settings, error) {
	s := Settings{API: getenv("TIKTOK_API"), Auth: getenv("TIKTOK_AUTH")}
	for _, pair := range strings.FieldsFunc(getenv("TIKTOK_VERSIONS"), func(r rune) bool { return r == ',' }) {
		name, version, ok := strings.Cut(strings.TrimSpace(pair), "=")
		if !ok || name == "" || version == "" {
			return s, errors.New("TIKTOK_VERSIONS is not of the form orders=202507,package=202309")
		}
		if s.Versions == nil {
			s.Versions = map[string]string{}
		}
		s.Versions[name] = version
	}
	return s, nil
}
