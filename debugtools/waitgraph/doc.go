// Package waitgraph is the graph of who waits for whom: goroutines, the locks, channels, wait groups, conditions and onces that they
// wait for, and who could let them go on. It finds those that can never go on, and draws them.
//
// # What an edge means
//
// A goroutine that waits has one Need, or several if it is in a select, of which one is enough. A need is met by the goroutines that it
// lists: by any one of them (a message can come from every sender), or only by all of them (a writer waits for every reader, a wait
// group for everybody who owes a Done). So a cycle alone proves nothing: it must be closed, and every way out of it as well.
//
// Stuck therefore reduces the graph instead of looking for cycles: whoever waits for nothing can go on, and so can whoever they let go on,
// until nothing changes. Who is left waits forever. This is the AND-OR model of Knapp, "Deadlock Detection in Distributed Databases",
// ACM Computing Surveys 19(4), 1987, with the reduction of Holt, "Some Deadlock Properties of Computer Systems", ACM Computing Surveys
// 4(3), 1972. Of those left, the strongly connected components that lead nowhere else are the causes (Tarjan 1972); the others wait
// behind them.
//
// # How an edge is known
//
// Each edge carries a Known: the program has recorded it, it stands in the text of a dump, or it is inferred. Stuck asks from which
// degree on edges count, so that what is proved and what is likely come from the same graph.
package waitgraph
