// Command pulumi-resource-kubernetes is the Kubernetes provider plugin, built from its published
// module. Upstream's own main embeds files that are generated at release time and not published.
package main

import (
	_ "embed"

	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"
)

// schema is the module's own schema with its version set; the build writes it beside this file.
//
//go:embed schema.json
var schema []byte

func main() {
	provider.Serve("kubernetes", "4.25.0", schema, []byte("{}"))
}
