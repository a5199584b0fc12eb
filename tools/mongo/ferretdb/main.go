// Runs FerretDB on SQLite files for the tests of the MongoDB adapter.
//
//	ferretdb HOST:PORT FOLDER
//
// Prints the server's URL once it listens; port 0 takes a free one. SIGTERM ends it.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: ferretdb HOST:PORT FOLDER")
		os.Exit(2)
	}
	if err := serve(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "ferretdb:", err)
		os.Exit(1)
	}
}

func serve(address, folder string) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	server, err := ferretdb.New(&ferretdb.Config{
		Listener: ferretdb.ListenerConfig{TCP: address},
		Handler:  "sqlite",
		// Nothing is shown of durability, so nothing waits for the disk.
		SQLiteURL: "file:" + folder + "/?_pragma=synchronous(off)",
		Logger: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{
			Level: slog.LevelWarn,
		})),
	})
	if err != nil {
		return err
	}
	// The address is known once the listener runs, which Run blocks on.
	go func() { fmt.Println(server.MongoDBURI()) }()
	return server.Run(ctx)
}
