module example.org/shop/gateway

go 1.22

require (
	github.com/go-chi/chi/v5 v5.1.0
	golang.org/x/net v0.30.0
)

require golang.org/x/text v0.19.0 // indirect
