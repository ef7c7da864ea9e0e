// Command network-policies enforces the NetworkPolicies of a single-node cluster by dropping packets.
//
// The kernel hands the first packet of every flow from or to a pod to this program (iptables NFQUEUE),
// the evaluator of sigs.k8s.io/kube-network-policies judges it, and the verdict holds for the whole flow
// until a policy, a namespace or a pod changes: then flows that are no longer allowed are cut, within about
// a second. Addresses are judged after Service translation, so policies see pods and nodes, never Services.
//
// It fails closed. While this program is down, established flows go on and new ones are dropped; its rules
// stay when it ends, until `network-policies --cleanup` removes them.
//
// Not covered: a pod with CAP_NET_RAW can forge its source address, as on any bridge without MAC filters.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// Between two looks at the rules. Another program may flush them, and pods must not stay open for long.
const ruleCheckInterval = 10 * time.Second

func main() {
	options, err := parseOptions(os.Args[1:])
	if err != nil {
		fmt.Fprintf(os.Stderr, "network-policies: %v\n", err)
		os.Exit(2)
	}
	if options.cleanup {
		err = removeRules(execute)
	} else {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		defer stop()
		err = connectAndRun(ctx, options)
	}
	if err != nil {
		slog.Error("stopped", "error", err)
		os.Exit(1)
	}
}

func connectAndRun(ctx context.Context, options options) error {
	if options.kubeconfig == "" {
		return errors.New("--kubeconfig is missing")
	}
	config, err := clientcmd.BuildConfigFromFlags("", options.kubeconfig)
	if err != nil {
		return fmt.Errorf("--kubeconfig: %w", err)
	}
	rest.AddUserAgent(config, "network-policies")
	config.AcceptContentTypes = "application/vnd.kubernetes.protobuf,application/json"
	config.ContentType = "application/vnd.kubernetes.protobuf"
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	return run(ctx, options, client)
}

// run enforces until ctx ends. It leaves the rules behind, so that pods stay closed.
func run(ctx context.Context, options options, client kubernetes.Interface) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)

	// First of all: a flow that starts before the caches are filled must wait, not slip through.
	rules := newRules(options, execute)
	if err := rules.install(); err != nil {
		return err
	}
	state := &state{}
	state.set("the caches of pods, namespaces and network policies are not synced yet")
	counters := &counters{}
	if err := serve(ctx, options, state, counters); err != nil {
		return err
	}

	factory := informers.NewSharedInformerFactory(client, 0)
	judge, err := newJudge(options, factory)
	if err != nil {
		return err
	}
	cutter := newFlowCutter(judge, counters)
	if err := cutter.watch(factory); err != nil {
		return err
	}
	factory.StartWithContext(ctx)
	for kind, synced := range factory.WaitForCacheSync(ctx.Done()) {
		if ctx.Err() != nil {
			return nil
		}
		if !synced {
			return fmt.Errorf("the cache of %s was not synced: %w", kind, context.Cause(ctx))
		}
	}

	gate := newGate(options, judge, counters)
	if err := gate.open(ctx, stop); err != nil {
		return err
	}
	defer gate.close()
	go cutter.run(ctx)
	slog.Info("enforcing", "pods", options.podCIDR, "bridge", options.bridge, "queue", options.queue)

	for {
		state.set(check(rules))
		select {
		case <-ctx.Done():
			if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
				return cause
			}
			slog.Info("ending; new flows of pods are dropped from now on")
			return nil
		case <-time.After(ruleCheckInterval):
		}
	}
}

// check repairs the rules and returns why policies are not enforced all the same; empty when they are.
func check(rules *rules) string {
	repaired, err := rules.repair()
	if repaired {
		slog.Warn("the rules were gone or changed and are in place again")
	}
	if err == nil {
		err = checkBridgeNetfilter("/proc/sys/net/bridge")
	}
	if err != nil {
		slog.Error("policies are not enforced", "error", err)
		return err.Error()
	}
	return ""
}
