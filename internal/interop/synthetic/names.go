package synthetic

// people is where names of one language come from. Given names are in pairs: a woman's, a man's. Latin is how the names are
// written in Latin letters where they have another script, in the same order.
type people struct {
	language string // BCP 47
	families []string
	given    []string
	latin    struct{ families, given []string }
}

// origins has the languages that wards of one hospital hear in a week. The names are common ones, put together at random.
var origins = []people{
	{
		language: "en",
		families: []string{"Smith", "O'Brien", "Taylor", "Hughes", "Walker-Reid", "Okafor", "MacLeod", "Bennett"},
		given:    []string{"Olivia", "George", "Amelia", "Arthur", "Grace", "Thomas", "Sinéad", "Kwame"},
	},
	{
		language: "de",
		families: []string{"Müller", "Schäfer", "Weiß", "Krüger", "von der Heide", "Böhm", "Großmann", "Jäger-Lindt"},
		given:    []string{"Hannelore", "Jürgen", "Käthe", "Günther", "Sabine", "Björn", "Änne", "Matthias"},
	},
	{
		language: "pt",
		families: []string{"da Conceição", "Araújo", "Magalhães", "dos Santos", "Guimarães", "Simões"},
		given:    []string{"Inês", "Tomás", "Conceição", "António", "Luísa", "Gonçalo"},
	},
	{
		language: "es",
		families: []string{"García Márquez", "Muñoz", "Ibáñez", "Peña Nieto", "Rodríguez", "Núñez"},
		given:    []string{"Lucía", "Andrés", "Begoña", "José María", "Ángela", "Íñigo"},
	},
	{
		language: "zh",
		families: []string{"李", "张", "陈", "刘", "欧阳"},
		given:    []string{"秀兰", "建国", "小红", "志强", "雨桐", "明"},
		latin: struct{ families, given []string }{
			[]string{"Li", "Zhang", "Chen", "Liu", "Ouyang"},
			[]string{"Xiulan", "Jianguo", "Xiaohong", "Zhiqiang", "Yutong", "Ming"},
		},
	},
	{
		language: "ar",
		families: []string{"الحسن", "المصري", "حداد", "خوري", "العلي"},
		given:    []string{"فاطمة", "محمد", "مريم", "يوسف", "ليلى", "عمر"},
		latin: struct{ families, given []string }{
			[]string{"Al-Hassan", "Al-Masri", "Haddad", "Khoury", "Al-Ali"},
			[]string{"Fatima", "Mohammed", "Maryam", "Yusuf", "Layla", "Omar"},
		},
	},
	{
		language: "tr",
		families: []string{"Yılmaz", "Şahin", "Öztürk", "Çelik"},
		given:    []string{"Ayşe", "Mehmet", "Gülşen", "İbrahim"},
	},
	{
		language: "pl",
		families: []string{"Wiśniewska", "Dąbrowski", "Zieliński", "Łuczak"},
		given:    []string{"Małgorzata", "Paweł", "Bożena", "Stanisław"},
	},
}

// Member is one of the staff.
type Member struct {
	ID                    string // of the Practitioner
	Given, Family, Prefix string
	Title                 string // of the PractitionerRole
	Code                  string // v3-ParticipationType of the encounters, "" for the title
	Languages             []string
	ward                  int // where they work, -1 for all wards
}

// Staff are the people who work in the hospital. The first is the doctor with most patients; nobody else's order matters.
func Staff() []Member {
	return []Member{
		{ID: "staff-01", Given: "Elena", Family: "Fischer", Prefix: "Dr.", Title: "Attending physician, cardiology", Code: "ATND", Languages: []string{"de", "en", "pt"}, ward: 0},
		{ID: "staff-02", Given: "Samuel", Family: "Adeyemi", Prefix: "Dr.", Title: "Attending surgeon", Code: "ATND", Languages: []string{"en"}, ward: 1},
		{ID: "staff-03", Given: "María José", Family: "Peña", Prefix: "Dra.", Title: "Attending physician, intensive care", Code: "ATND", Languages: []string{"es", "en"}, ward: 2},
		{ID: "staff-04", Given: "Wei", Family: "Zhang", Prefix: "Dr.", Title: "Attending paediatrician", Code: "ATND", Languages: []string{"zh", "en"}, ward: 3},
		{ID: "staff-05", Given: "Lukas", Family: "Böhm", Prefix: "Dr.", Title: "Resident, cardiology", Languages: []string{"de", "en"}, ward: 0},
		{ID: "staff-06", Given: "Aisha", Family: "Rahman", Prefix: "Dr.", Title: "Resident, surgery", Languages: []string{"en", "ar"}, ward: 1},
		{ID: "staff-07", Given: "Tomasz", Family: "Łuczak", Title: "Charge nurse, cardiology", Languages: []string{"pl", "en"}, ward: 0},
		{ID: "staff-08", Given: "Grace", Family: "O'Connor", Title: "Registered nurse, surgery", Languages: []string{"en"}, ward: 1},
		{ID: "staff-09", Given: "Inês", Family: "Carvalho", Title: "Intensive care nurse", Languages: []string{"pt", "en"}, ward: 2},
		{ID: "staff-10", Given: "Sophie", Family: "Müller", Title: "Children's nurse", Languages: []string{"de", "en"}, ward: 3},
		{ID: "staff-11", Given: "Omar", Family: "Haddad", Title: "Interpreter", Languages: []string{"ar", "en", "fr"}, ward: -1},
		{ID: "staff-12", Given: "Judith", Family: "Klein", Title: "Family coordinator", Languages: []string{"en", "de"}, ward: -1},
	}
}
