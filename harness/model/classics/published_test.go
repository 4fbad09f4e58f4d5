package classics

// literature is what others needed to find the bugs: mean schedules over 20 trials of up to 10 000 (SafeStack 1 000 000), recomputed from the raw data of
// Zhao, Wolff, Mathur, Roychoudhury: Selectively uniform concurrency testing, ASPLOS 2025. A fraction is of trials that found it, "-" is never.
type literature struct{ surw, pct3, pct10, pos, rw, urw string }

var published = map[string]literature{
	"account":                   {"6", "4", "4", "4", "18", "3"},
	"lazy01":                    {"2", "5", "5", "5", "21", "4"},
	"deadlock01":                {"2", "13", "7", "4", "3", "3"},
	"token_ring":                {"8", "8", "8", "9", "13", "9"},
	"carter01":                  {"", "5", "3", "2", "1", ""},
	"circular_buffer":           {"3", "9", "5", "2", "4", "14"},
	"queue":                     {"2", "3", "2", "1", "1", "2"},
	"stack":                     {"5", "3", "3", "2", "176", "986 (19/20)"},
	"stringbuffer-jdk1.4":       {"8", "281", "26", "23", "2243 (19/20)", "834"},
	"bluetooth_driver":          {"70", "112", "83", "36", "215", "1494 (19/20)"},
	"twostage":                  {"8", "13", "9", "15", "464", "9"},
	"twostage_20":               {"6", "159", "101", "156", "-", "24"},
	"twostage_50":               {"20", "1676", "692", "1637", "-", "93"},
	"twostage_100":              {"454", "7466 (3/20)", "5726 (9/20)", "6674 (3/20)", "-", "2992 (18/20)"},
	"reorder_3":                 {"7", "185", "148", "86", "-", "24"},
	"reorder_4":                 {"7", "554", "362", "533", "-", "22"},
	"reorder_5":                 {"10", "647", "1094", "2169", "-", "27"},
	"reorder_10":                {"17", "3225 (16/20)", "4462 (12/20)", "-", "-", "74"},
	"reorder_20":                {"6", "3005", "3297 (17/20)", "-", "-", "10"},
	"reorder_50":                {"13", "3304 (6/20)", "9422 (1/20)", "-", "-", "75"},
	"reorder_100":               {"194", "-", "-", "-", "-", "3785 (12/20)"},
	"wronglock":                 {"7", "51", "20", "10", "36", "4"},
	"wronglock_3":               {"9", "58", "14", "11", "36", "5"},
	"WorkStealQueue":            {"6", "48", "16", "12", "", "13"},
	"InterlockedWorkStealQueue": {"6", "48", "13", "14", "-", "428"},
	"StateWorkStealQueue":       {"7", "842", "199", "6", "", "5 (3/20)"},
	"SafeStack":                 {"368921 (19/20)", "-", "-", "-", "-", "-"},
}

// A trial is what a prototype of ours needed, 10 trials of up to 10 000 schedules (those of 100 threads and 4x200: 5 of up to 5 000). The 22 programs that
// have a random walk here are those over which geometric means are compared.
type trial struct {
	operations, threads           int
	rw, pct10, pos, urw, surw, of string // of: the portfolio
}

var prototype = map[string]trial{
	"account":             {24, 4, "5", "7", "3", "2", "3", "3"},
	"lazy01":              {19, 4, "2", "2", "3", "3", "2", "2"},
	"deadlock01":          {19, 3, "2", "5", "6", "2", "4", "4"},
	"token_ring":          {31, 5, "11", "6", "5", "5", "8", "8"},
	"carter01":            {34, 4, "2", "3", "3", "2", "2", "3"},
	"circular_buffer":     {53, 3, "1", "3", "1", "1", "1", "1"},
	"stack":               {97, 3, "2", "1", "2", "2", "2", "2"},
	"bluetooth_driver":    {24, 2, "11", "35", "12", "140", "11", "8"},
	"stringbuffer-jdk1.4": {23, 2, "6", "15", "11", "6", "10", "13"},
	"twostage":            {17, 3, "68", "8", "13", "36", "8", "8"},
	"twostage_20":         {201, 21, "3430 (9/10)", "28", "71", "29", "6", "12"},
	"twostage_50":         {501, 51, "-", "159", "578", "51", "17", "35"},
	"reorder_3":           {17, 4, "37", "22", "10", "17", "8", "13"},
	"reorder_4":           {21, 5, "154", "34", "29", "8", "9", "13"},
	"reorder_5":           {27, 6, "351", "76", "38", "14", "10", "19"},
	"reorder_10":          {52, 11, "-", "894", "781", "21", "16", "32"},
	"reorder_20":          {111, 21, "-", "253", "1972", "4", "5", "13"},
	"reorder_50":          {261, 51, "-", "2371 (8/10)", "-", "20", "10", "14"},
	"wronglock":           {59, 9, "5", "9", "3", "3", "4", "7"},
	"wronglock_3":         {31, 5, "4", "6", "4", "4", "5", "3"},
	"WorkStealQueue":      {73, 2, "1514", "9", "27", "2", "6", "8"},
	"longtrace_2x50":      {812, 3, "179", "315", "36", "72", "83", "38"},
	"twostage_100":        {1001, 101, "", "", "", "797", "188", "1112"},
	"reorder_100":         {502, 101, "", "", "", "770", "190", "631"},
	"longtrace_4x200":     {6422, 5, "", "", "", "104", "13", "33"},
}

// prototypeMeans are its geometric means over the 22, where a trial that found nothing counts as 10 000.
var prototypeMeans = trial{rw: "74", pct10: "23", pos: "23", urw: "8", surw: "6", of: "8"}

// compared reports whether a program is one of the 22.
func compared(name string) bool { return prototype[name].rw != "" }
