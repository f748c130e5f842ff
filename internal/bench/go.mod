module github.com/ansar-go/ansar/internal/bench

go 1.26.0

require google.golang.org/protobuf v1.36.12

replace github.com/ansar-go/ansar => ../..
