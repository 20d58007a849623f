// An image registry for tests: the handlers of github.com/distribution/distribution with its filesystem driver. Its own command
// would bring cloud storage, tracing and ACME along.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"

	"github.com/distribution/distribution/v3/configuration"
	_ "github.com/distribution/distribution/v3/registry/auth/htpasswd"
	_ "github.com/distribution/distribution/v3/registry/auth/token"
	"github.com/distribution/distribution/v3/registry/handlers"
	_ "github.com/distribution/distribution/v3/registry/storage/driver/filesystem"
	"github.com/sirupsen/logrus"
)

// Serves the configuration of the given file (https://distribution.github.io/distribution/about/configuration/) at its http.addr,
// and prints the address, whose port may have been 0. Ends when its standard input does: no registry outlives its test.
func main() {
	file, err := os.Open(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	config, err := configuration.Parse(file)
	if err != nil {
		log.Fatal(err)
	}
	listener, err := net.Listen("tcp", config.HTTP.Addr)
	if err != nil {
		log.Fatal(err)
	}
	logrus.SetOutput(io.Discard)
	app := handlers.NewApp(context.Background(), config)
	fmt.Println(listener.Addr())
	go func() { log.Fatal(http.Serve(listener, app)) }()
	_, _ = io.Copy(io.Discard, os.Stdin)
}
