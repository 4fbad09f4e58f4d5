package litmus

// program saves the tests from repeating a type.
type program = [][]Step

// Tests are the litmus tests.
var Tests = []*Test{
	{
		Name:    "SB",
		Doc:     "store buffering: each thread writes its word and reads the other's. Both reading 0 means that both writes waited in a buffer.",
		Threads: program{{W("x", 1), R("y")}, {W("y", 1), R("x")}}, Forbidden: "0 0",
		Outcomes: []string{"0 1", "1 0", "1 1"},
	},
	{
		Name:    "MP",
		Doc:     "message passing: whoever sees the flag sees the data that was written before it.",
		Threads: program{{W("x", 1), W("flag", 1)}, {R("flag"), R("x")}}, Forbidden: "1 0",
		Outcomes: []string{"0 0", "0 1", "1 1"},
	},
	{
		Name:    "LB",
		Doc:     "load buffering: no thread reads what the other writes only after its own read.",
		Threads: program{{R("x"), W("y", 1)}, {R("y"), W("x", 1)}}, Forbidden: "1 1",
		Outcomes: []string{"0 0", "0 1", "1 0"},
	},
	{
		Name:    "IRIW",
		Doc:     "independent reads of independent writes: two readers agree about the order of two writes.",
		Threads: program{{W("x", 1)}, {W("y", 1)}, {R("x"), R("y")}, {R("y"), R("x")}}, Forbidden: "1 0 1 0",
		Outcomes: []string{"0 0 0 0", "0 0 0 1", "0 0 1 0", "0 0 1 1", "0 1 0 0", "0 1 0 1", "0 1 1 0", "0 1 1 1", "1 0 0 0", "1 0 0 1", "1 0 1 1", "1 1 0 0", "1 1 0 1", "1 1 1 0", "1 1 1 1"},
	},
	{
		Name:    "CoRR",
		Doc:     "coherence of two reads: a thread that has seen the new value does not see the old one again.",
		Threads: program{{W("x", 1)}, {R("x"), R("x")}}, Forbidden: "1 0",
		Outcomes: []string{"0 0", "0 1", "1 1"},
	},
	{
		Name:    "CoRR2",
		Doc:     "coherence of two writes: two readers agree about their order.",
		Threads: program{{W("x", 1)}, {W("x", 2)}, {R("x"), R("x")}, {R("x"), R("x")}}, Forbidden: "1 2 2 1",
		Outcomes: []string{
			"0 0 0 0", "0 0 0 1", "0 0 0 2", "0 0 1 1", "0 0 1 2", "0 0 2 1", "0 0 2 2", "0 1 0 0", "0 1 0 1", "0 1 0 2", "0 1 1 1", "0 1 1 2",
			"0 1 2 1", "0 1 2 2", "0 2 0 0", "0 2 0 1", "0 2 0 2", "0 2 1 1", "0 2 1 2", "0 2 2 1", "0 2 2 2", "1 1 0 0", "1 1 0 1", "1 1 0 2",
			"1 1 1 1", "1 1 1 2", "1 1 2 1", "1 1 2 2", "1 2 0 0", "1 2 0 1", "1 2 0 2", "1 2 1 1", "1 2 1 2", "1 2 2 2", "2 1 0 0", "2 1 0 1",
			"2 1 0 2", "2 1 1 1", "2 1 2 1", "2 1 2 2", "2 2 0 0", "2 2 0 1", "2 2 0 2", "2 2 1 1", "2 2 1 2", "2 2 2 1", "2 2 2 2",
		},
	},
	{
		Name:    "CoWW",
		Doc:     "coherence of two writes of one thread: the later one stays.",
		Threads: program{{W("x", 1), W("x", 2)}, {R("x")}}, Final: []string{"x"}, Forbidden: "0 1",
		Outcomes: []string{"0 2", "1 2", "2 2"},
	},
	{
		Name:    "CoWR",
		Doc:     "a thread does not read what its own write has replaced: if it reads the other write, that came later.",
		Threads: program{{W("x", 1), R("x")}, {W("x", 2)}}, Final: []string{"x"}, Forbidden: "2 1",
		Outcomes: []string{"1 1", "1 2", "2 2"},
	},
	{
		Name:    "CoRW",
		Doc:     "a thread does not read what comes after its own write: if it reads the other write, that came earlier.",
		Threads: program{{R("x"), W("x", 1)}, {W("x", 2)}}, Final: []string{"x"}, Forbidden: "2 2",
		Outcomes: []string{"0 1", "0 2", "2 1"},
	},
	{
		Name:    "2+2W",
		Doc:     "two threads write two words in opposite orders: the first writes of both cannot both be last.",
		Threads: program{{W("x", 1), W("y", 2)}, {W("y", 1), W("x", 2)}}, Final: []string{"x", "y"}, Forbidden: "1 1",
		Outcomes: []string{"1 2", "2 1", "2 2"},
	},
	{
		Name:    "S",
		Doc:     "a write that follows a read of the flag does not come before the write that the flag followed.",
		Threads: program{{W("x", 2), W("flag", 1)}, {R("flag"), W("x", 1)}}, Final: []string{"x"}, Forbidden: "1 2",
		Outcomes: []string{"0 1", "0 2", "1 1"},
	},
	{
		Name:    "R",
		Doc:     "if a write is replaced by the other thread's, then what was written before it is seen.",
		Threads: program{{W("x", 1), W("y", 1)}, {W("y", 2), R("x")}}, Final: []string{"y"}, Forbidden: "0 2",
		Outcomes: []string{"0 1", "1 1", "1 2"},
	},
	{
		Name:    "WRC",
		Doc:     "write-read causality: a message that is passed on by a second thread arrives as well.",
		Threads: program{{W("x", 1)}, {R("x"), W("flag", 1)}, {R("flag"), R("x")}}, Forbidden: "1 1 0",
		Outcomes: []string{"0 0 0", "0 0 1", "0 1 0", "0 1 1", "1 0 0", "1 0 1", "1 1 1"},
	},
	{
		Name:    "RWC",
		Doc:     "read-write causality: a reader who has seen one write and not another has put them in order for a third thread.",
		Threads: program{{W("x", 1)}, {R("x"), R("y")}, {W("y", 1), R("x")}}, Forbidden: "1 0 0",
		Outcomes: []string{"0 0 0", "0 0 1", "0 1 0", "0 1 1", "1 0 1", "1 1 0", "1 1 1"},
	},
	{
		Name:    "ISA2",
		Doc:     "message passing through two flags.",
		Threads: program{{W("x", 1), W("f", 1)}, {R("f"), W("g", 1)}, {R("g"), R("x")}}, Forbidden: "1 1 0",
		Outcomes: []string{"0 0 0", "0 0 1", "0 1 0", "0 1 1", "1 0 0", "1 0 1", "1 1 1"},
	},
	{
		Name:    "SB+swap",
		Doc:     "store buffering in which the writes are swaps: the pattern of Peterson's and Dekker's locks.",
		Threads: program{{{Swap, "x", 1}, R("y")}, {{Swap, "y", 1}, R("x")}}, Forbidden: "0 0 0 0",
		Outcomes: []string{"0 0 0 1", "0 1 0 0", "0 1 0 1"},
	},
	{
		Name:    "Inc",
		Doc:     "two atomic increments: none is lost.",
		Threads: program{{{Add, "x", 1}}, {{Add, "x", 1}}}, Final: []string{"x"}, Forbidden: "1 1 1",
		Outcomes: []string{"1 2 2", "2 1 2"},
	},
	{
		Name:    "Swaps",
		Doc:     "three swaps of one word: each value is handed to exactly one, so no two see the first.",
		Threads: program{{{Swap, "x", 1}}, {{Swap, "x", 2}}, {{Swap, "x", 3}}}, Final: []string{"x"}, Forbidden: "0 0 1 3",
		Outcomes: []string{"0 1 2 3", "0 3 1 2", "2 0 1 3", "2 3 0 1", "3 0 2 1", "3 1 0 2"},
	},
	{
		Name:    "Lost update",
		Doc:     "not a test of memory: an increment in two steps loses updates under any model, so this outcome must be there.",
		Threads: program{{R("x"), W("x", 1)}, {R("x"), W("x", 2)}}, Final: []string{"x"},
		Outcomes: []string{"0 0 1", "0 0 2", "0 1 2", "2 0 1"},
	},
}
