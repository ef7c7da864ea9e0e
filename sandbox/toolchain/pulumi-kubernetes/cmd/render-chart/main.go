// Command render-chart prints what a Helm chart on disk installs, as one YAML stream:
//
//	render-chart <chart folder> <release> <namespace> < values.json
//
// Only the chart, its arguments and the values decide the output: no cluster is asked, Kubernetes
// counts as the pinned version with the standard kinds only, and templates come in the order of
// their paths, so that the stream can be locked by its checksum. Hooks are printed like any other
// object, because whoever installs the objects has to refuse what it cannot order.
package main

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"slices"
	"sort"
	"strings"

	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	"helm.sh/helm/v3/pkg/releaseutil"
)

// kubernetesVersion is what charts see as the version of the cluster, that of the embedded one.
var kubernetesVersion = chartutil.KubeVersion{Version: "v1.36.3", Major: "1", Minor: "36"}

func main() {
	if len(os.Args) != 4 {
		fail(fmt.Errorf("usage: render-chart <chart folder> <release> <namespace> < values.json"))
	}
	input, err := io.ReadAll(os.Stdin)
	if err != nil {
		fail(err)
	}
	stream, err := render(os.Args[1], os.Args[2], os.Args[3], input)
	if err != nil {
		fail(err)
	}
	if _, err := os.Stdout.Write(stream); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintf(os.Stderr, "render-chart: %v\n", err)
	os.Exit(1)
}

func render(folder, release, namespace string, input []byte) ([]byte, error) {
	values, err := chartutil.ReadValues(input)
	if err != nil {
		return nil, fmt.Errorf("values: %w", err)
	}
	loaded, err := loader.Load(folder)
	if err != nil {
		return nil, err
	}
	if err := chartutil.ProcessDependenciesWithMerge(loaded, values); err != nil {
		return nil, err
	}
	options := chartutil.ReleaseOptions{Name: release, Namespace: namespace, Revision: 1, IsInstall: true}
	capabilities := chartutil.DefaultCapabilities.Copy()
	capabilities.KubeVersion = kubernetesVersion
	// Checks the values against the chart's own schema: a misspelt one is refused.
	all, err := chartutil.ToRenderValues(loaded, values, options, capabilities)
	if err != nil {
		return nil, err
	}
	files, err := engine.Render(loaded, all)
	if err != nil {
		return nil, err
	}
	return stream(loaded, files), nil
}

// stream joins the definitions of `crds/` folders and the rendered templates; partials, notes and
// templates that print nothing are left out.
func stream(loaded *chart.Chart, files map[string]string) []byte {
	var out bytes.Buffer
	// Split as Helm does, which takes "---# comment" for a separator; YAML does not.
	write := func(name, text string) {
		documents := releaseutil.SplitManifests(text)
		keys := slices.Collect(maps.Keys(documents))
		sort.Sort(releaseutil.BySplitManifestsOrder(keys))
		for _, key := range keys {
			fmt.Fprintf(&out, "---\n# Source: %s\n%s\n", name, documents[key])
		}
	}
	for _, definition := range loaded.CRDObjects() {
		write(definition.Filename, string(definition.File.Data))
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		base := path.Base(name)
		if base != "NOTES.txt" && !strings.HasPrefix(base, "_") {
			write(name, files[name])
		}
	}
	return out.Bytes()
}
