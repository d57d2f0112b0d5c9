package place

// exceptions are the towns that the notes of the table name: they do not keep
// the clock of their region. By country, city, and the zone of the region ("-"
// where it has none), since other states have an El Paso too.
var exceptions = map[string]string{
	"AU\tBROKEN HILL\tAustralia/Sydney":       "Australia/Broken_Hill",
	"AU\tLORD HOWE ISLAND\tAustralia/Sydney":  "Australia/Lord_Howe",
	"BR\tFERNANDO DE NORONHA\tAmerica/Recife": "America/Noronha",
	"CA\tBLANC SABLON\tAmerica/Toronto":       "America/Blanc-Sablon",
	"CA\tCREIGHTON\tAmerica/Regina":           "America/Winnipeg",
	"CL\tHANGA ROA\tAmerica/Santiago":         "Pacific/Easter",
	"CL\tISLA DE PASCUA\tAmerica/Santiago":    "Pacific/Easter",
	"GL\tPITUFFIK\tAmerica/Nuuk":              "America/Thule",
	"MX\tANAHUAC\tAmerica/Monterrey":          "America/Matamoros",
	"MX\tBAHIA DE BANDERAS\tAmerica/Mazatlan": "America/Bahia_Banderas",
	"MX\tCHIHUAHUA\t-":                        "America/Chihuahua",
	"MX\tCD JUAREZ\t-":                        "America/Ciudad_Juarez",
	"MX\tJUAREZ\t-":                           "America/Ciudad_Juarez",
	"MX\tCIUDAD JUAREZ\t-":                    "America/Ciudad_Juarez",
	"US\tEL PASO\tAmerica/Chicago":            "America/Denver",
	"US\tWEST WENDOVER\tAmerica/Los_Angeles":  "America/Denver",
}

// refine gives the clock of a row, or that of the city if it is known to keep
// another.
func (a *atlas) refine(country, city string, r row) Clock {
	if r.trust == Sure || city == "" {
		return newClock(r.zone, r.trust)
	}
	name := "-"
	if r.zone != nil {
		name = r.zone.name
	}
	var buf [2 + 1 + maxName + 1 + 40]byte
	b := append(append(buf[:0], country...), '\t')
	b = append(append(appendFolded(b, city), '\t'), name...)
	if other, ok := exceptions[string(b)]; ok {
		return a.clock(other, Sure)
	}
	return newClock(r.zone, r.trust)
}

// byCity takes the city for its region where a region has that name: Jakarta,
// Valencia. Not in the United States, where Washington, Nevada and Indiana are
// towns of other states, and no short names, which are codes of airports.
func (a *atlas) byCity(country, city string) (row, bool) {
	if country == "US" || len(city) < 4 {
		return row{}, false
	}
	r, ok := a.region(country, city)
	return r, ok && r.zone != nil
}

// byPostalCode knows the far islands of France, Spain and Portugal by the first
// digits of the postal code: 3 in France, where the table has them, else 2.
// Elsewhere in Spain and Portugal it makes the mainland certain.
func (a *atlas) byPostalCode(country, code string) Clock {
	if country != "FR" && country != "ES" && country != "PT" {
		return Clock{}
	}
	var buf [maxName]byte
	b := appendFolded(buf[:0], code)
	if len(b) < 2 || !digits(b[:2]) {
		return Clock{}
	}
	n := int(b[0]-'0')*10 + int(b[1]-'0')
	switch {
	case country == "FR":
		r := a.rows["FR\t"+string(b[:min(3, len(b))])]
		return newClock(r.zone, r.trust)
	case country == "ES" && (n == 35 || n == 38):
		return a.clock("Atlantic/Canary", Sure)
	case country == "ES" && n >= 1 && n <= 52:
		return a.clock("Europe/Madrid", Sure)
	case country == "PT" && n >= 95:
		return a.clock("Atlantic/Azores", Sure)
	case country == "PT" && n >= 90:
		return a.clock("Atlantic/Madeira", Sure)
	case country == "PT" && n >= 10:
		return a.clock("Europe/Lisbon", Sure)
	}
	return Clock{}
}
