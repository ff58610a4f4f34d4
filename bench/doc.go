// Command bench measures LAZI against a handler written by hand: one SQL statement for each level, Go structs, an
// encoder that appends. Both run as processes of their own over the same tables, by turns in each round.
//
// Its command peers does the same with the GraphQL servers of the folder peers, which run in Node.
//
// It may import everything and is imported by nothing. `make bench` and `make bench-peers` run it.
package main
