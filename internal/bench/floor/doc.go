// Package floor is what others are compared with: programs that do nothing.
//
//	program     imports protoactor-go/actor, and ends: the floor
//	limit       an empty Go program: no Go process costs less
//	tree        a tree of 484 processes, each of them the floor
//	treelimit   the same tree of empty Go programs
package floor
