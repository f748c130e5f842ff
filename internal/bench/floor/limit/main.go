// Limit is an empty program.
package main

func main() {}
