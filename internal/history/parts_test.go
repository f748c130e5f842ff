package history

// partVariable names the part that this test binary plays in another test.
const partVariable = "ANSAR_HISTORY_PART"

var parts = map[string]func(){}
