package trackingnumber_test

// sample holds the numbers of one format: those that its carrier's descriptions
// or the public data set list, those marked computed, which only show that two
// readings of the rule agree, and numbers with one digit wrong.
type sample struct {
	format, carrier string
	check           string // what the valid ones say
	valid           []string
	tracked         string // of the first valid one, where it is another
	invalid         []string
}

var samples = []sample{
	{"ups-1z", "ups", "ok", []string{
		"1Z5R89390357567127", "1Z879E930346834440", "1Z410E7W0392751591", "1Z8V92A70367203024", "1ZXX3150YW44070023",
		"1ZCIETST0111111114", "1ZCIETST0422222228", "1Z204W4R0308071865", "1Z023E2X0214323462",
	}, "", []string{"1Z1111111111111111"}},
	{"ups-roadie", "ups", "none", []string{"1RAB12345678901C", "1R12345678901234567890123456"}, "", nil},
	{"ups-waybill", "ups", "ok", []string{"K1506235620", "K2479825491", "J4603636537", "V0490119172"}, "", []string{"K1506235622"}},
	{"ups-mi", "ups", "ok", []string{"9400100000000000000006", "9261293148703201595357"}, "", []string{"9400100000000000000007"}},
	{"ups-mi", "ups", "ok", []string{"420100019400100000000000000006"}, "9400100000000000000006", nil},
	{"ups-mi", "ups", "none", []string{"MI123456789012"}, "", nil},
	{"ups-infonotice", "ups", "none", []string{"123456789013"}, "", nil},
	{"ups-freight", "ups", "none", []string{"123456789"}, "", nil},
	{"fedex-12", "fedex", "ok", []string{"986578788855", "477179081230", "776094337676", "123456789012"}, "", []string{"996578788855"}},
	{"fedex-15", "fedex", "ok", []string{"041441760228964", "122816215025810"}, "", []string{"568283610012732"}},
	{"fedex-96", "fedex", "ok", []string{"9611020987654312345672", "9611804010639001854878"}, "", []string{"9611020987654312345673"}},
	{"fedex-sscc18", "fedex", "ok", []string{"000123450000000027"}, "", []string{"000123450000000028"}},
	{"fedex-34", "fedex", "ok", []string{"1001921334250001000300779017972697"}, "779017972697", []string{"1001921334250001000300779017972698"}},
	{"fedex-gsn34", "fedex", "ok", []string{"9622001900000000000000776632517510"}, "776632517510", []string{"9622001900000000000000776632517511"}},
	{"fedex-astra32", "fedex", "ok", []string{"32971514560102447849175802862014"}, "784917580286", []string{"32971514560102447849175802872014"}},
	{"fedex-economy20", "fedex", "ok", []string{"61299998620341515252", "74899992242124855076", "02931503799192766595"}, "", []string{"61299998620341515254"}},
	{"fedex-economy22", "fedex", "ok", []string{"9261293148703201595357", "9274899992136003821767"}, "", []string{"9261293148703201595358"}},
	{"fedex-doortag", "fedex", "ok", []string{"DT771613423732"}, "", []string{"DT771613423733"}},
	{"fedex-freight", "fedex", "none", []string{"2873008051", "287300805"}, "", nil},
	{"usps-20", "usps", "ok", []string{"03900000001000000014", "01900000002000000426"}, "", []string{"03900000001000000017"}}, // computed
	{"usps-91", "usps", "ok", []string{"02931503799192766595", "9102931503799192766595"}, "", []string{"02931503799192766597"}},
	{"usps-91", "usps", "ok", []string{"420100019102931503799192766595"}, "9102931503799192766595", nil}, // computed
	{"usps-91", "usps", "ok", []string{"4201000102931503799192766595"}, "02931503799192766595", nil},     // computed
	{"usps-impb", "usps", "ok", []string{"9400100000000000000006", "9261293148703201595357", "9274899992136003821767"}, "", []string{"9400100000000000000007"}},
	{"usps-impb", "usps", "ok", []string{"420100019400100000000000000006"}, "9400100000000000000006", []string{"420100019400100000000000000007"}},         // computed
	{"usps-impb", "usps", "ok", []string{"4201000112349400100000000000000006"}, "9400100000000000000006", []string{"4201000112349400100000000000000007"}}, // computed
	{"usps-impb", "usps", "ok", []string{"4201000192019400100000000000000006"}, "9400100000000000000006", nil},                                            // computed: both cuts pass
	{"dhl-express-awb", "dhl-express", "ok", []string{"1234567891", "9876543213", "12345678903"}, "", []string{"1234567892"}},
	{"dhl-express-piece", "dhl-express", "none", []string{"JD014600000000000001", "JD010000000000000001", "JD0146000000000001", "JJD0146000000000001", "JAB123456789", "JABC1234567890"}, "", nil},
	{"dhl-ecommerce", "dhl-ecommerce-us", "none", []string{"GM60511234500000001", "LX000000014CN", "12345678901234"}, "", nil},
	{"dhl-paket-12", "dhl-parcel-de", "none", []string{"340434161094", "996578788855"}, "", nil},
	{"dhl-paket-20", "dhl-parcel-de", "ok", []string{"00340434161094000007"}, "", nil},                           // computed
	{"dhl-paket-20", "dhl-parcel-de", "none", []string{"00340434161094000001", "00340434161094000004"}, "", nil}, // its check digit is hearsay
	{"s10", "china-post", "ok", []string{"LX000000014CN"}, "", []string{"LX000000015CN"}},
	{"s10", "usps", "ok", []string{"RB473124829US"}, "", nil},
	{"s10", "royal-mail", "ok", []string{"RB123456785GB"}, "", []string{"RB123456785XX"}},
	{"canada-post-16", "canada-post", "ok", []string{"7012345678901230", "2100000000000010"}, "", []string{"7012345678901231"}}, // computed
	{"purolator-12", "purolator", "ok", []string{"330123456783", "321000000174"}, "", []string{"330123456784"}},                 // computed
	{"ontrac", "ontrac", "ok", []string{"C10000000000012", "D10000000000011"}, "", []string{"C10000000000013"}},                 // computed
	{"dpd", "dpd", "ok", []string{"012345678901233", "150000000000014"}, "", []string{"012345678901234"}},                       // computed
	{"yunexpress", "yunexpress", "none", []string{"YT1234567890123456"}, "", nil},
	{"landmark", "landmark", "none", []string{"LTN12345678N1"}, "", nil},
	{"yodel", "yodel", "none", []string{"JD0146000000000001", "JJD0146000000000001"}, "", nil},
	{"amazon", "amazon", "none", []string{"TBA123456789012", "TBC123456789012", "TBM123456789012"}, "", nil},
}
