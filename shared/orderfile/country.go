package orderfile

import "strings"

// countries are the names that exports give to the markets of TikTok Shop and to
// a few places that are sent to from there, from memory.
var countries = map[string]string{
	"united states": "US", "united states of america": "US", "the united states": "US", "usa": "US", "puerto rico": "PR",
	"united kingdom": "GB", "the united kingdom": "GB", "great britain": "GB", "uk": "GB",
	"england": "GB", "scotland": "GB", "wales": "GB", "northern ireland": "GB",
	"ireland": "IE", "republic of ireland": "IE", "germany": "DE", "deutschland": "DE", "france": "FR",
	"italy": "IT", "italia": "IT", "spain": "ES", "españa": "ES", "austria": "AT", "belgium": "BE", "netherlands": "NL", "the netherlands": "NL",
	"poland": "PL", "portugal": "PT", "mexico": "MX", "méxico": "MX", "brazil": "BR", "brasil": "BR", "canada": "CA",
	"japan": "JP", "south korea": "KR", "indonesia": "ID", "malaysia": "MY", "philippines": "PH", "the philippines": "PH",
	"singapore": "SG", "thailand": "TH", "vietnam": "VN", "viet nam": "VN", "saudi arabia": "SA", "united arab emirates": "AE",
	"australia": "AU", "new zealand": "NZ", "china": "CN", "mainland china": "CN", "hong kong": "HK", "taiwan": "TW",
}

// readCountry returns the code (ISO 3166 alpha-2) of a country. Two letters pass,
// but for UK, which is none. What is not known, or may be several, is "".
func readCountry(cell string) string {
	s := readText(cell)
	if code, ok := countries[strings.ToLower(s)]; ok {
		return code
	}
	if len(s) == 2 && isLetter(s[0]) && isLetter(s[1]) {
		return strings.ToUpper(s)
	}
	return ""
}

func isLetter(c byte) bool {
	return 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z'
}
