// Lints the Dockerfile at its one argument with the checks that BuildKit itself makes when it builds.
// Prints one line for each thing wrong, and ends with status 1 if there is one.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/client/llb/sourceresolver"
	"github.com/moby/buildkit/frontend/dockerfile/dockerfile2llb"
	digest "github.com/opencontainers/go-digest"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
)

// offline answers for every base image, which a linter need not fetch.
type offline struct{}

func (offline) ResolveImageConfig(_ context.Context, name string, _ sourceresolver.Opt) (string, digest.Digest, []byte, error) {
	config := []byte(`{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers"}}`)
	return name, digest.FromBytes(config), config, nil
}

func main() {
	dockerfile, err := os.ReadFile(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	platform := ocispecs.Platform{OS: "linux", Architecture: "amd64"}
	source := llb.NewSourceMap(nil, os.Args[1], "Dockerfile", dockerfile)
	source.Definition = &llb.Definition{}
	found, err := dockerfile2llb.DockerfileLint(context.Background(), dockerfile, dockerfile2llb.ConvertOpt{
		MetaResolver:   llb.ImageMetaResolver(offline{}),
		TargetPlatform: &platform,
		SourceMap:      source,
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	for _, warning := range found.Warnings {
		line := int32(0)
		if ranges := warning.Location.GetRanges(); len(ranges) > 0 {
			line = ranges[0].Start.Line
		}
		fmt.Printf("%s:%d: %s: %s\n", os.Args[1], line, warning.RuleName, warning.Detail)
	}
	if found.Error != nil {
		fmt.Fprintln(os.Stderr, found.Error.Message)
		os.Exit(2)
	}
	if len(found.Warnings) > 0 {
		os.Exit(1)
	}
}
