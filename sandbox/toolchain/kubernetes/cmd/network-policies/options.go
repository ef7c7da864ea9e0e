package main

import (
	"flag"
	"fmt"
	"net"
	"net/netip"
	"time"
)

type options struct {
	kubeconfig string
	podCIDR    netip.Prefix
	// Address of the node on the bridge. It lies inside podCIDR and belongs to no pod.
	nodeIP  netip.Addr
	bridge  string
	queue   uint16
	healthz string
	metrics string
	// How long a packet of an address that no pod has yet may wait for the pod's status to arrive.
	hold     time.Duration
	logDrops bool
	cleanup  bool
}

func parseOptions(arguments []string) (options, error) {
	var parsed options
	var podCIDR, nodeIP string
	var queue uint
	flags := flag.NewFlagSet("network-policies", flag.ContinueOnError)
	flags.StringVar(&parsed.kubeconfig, "kubeconfig", "", "kubeconfig of a user who may list and watch pods, namespaces and network policies")
	flags.StringVar(&podCIDR, "pod-cidr", "10.89.0.0/16", "IPv4 range of the pods; nothing else is touched")
	flags.StringVar(&nodeIP, "node-ip", "10.89.0.1", "address of the node on the bridge")
	flags.StringVar(&parsed.bridge, "bridge", "saas0", "bridge that the pods are attached to")
	flags.UintVar(&queue, "queue-num", 89, "netfilter queue, 0 to 65535")
	flags.StringVar(&parsed.healthz, "healthz", "127.0.0.1:10389", "host:port; answers 200 while policies are enforced, else 503 and the reason")
	flags.StringVar(&parsed.metrics, "metrics", "", "host:port of /metrics; none by default")
	flags.DurationVar(&parsed.hold, "hold", 4*time.Second, "how long a packet waits for a pod that the API server does not report yet, before it is dropped")
	flags.BoolVar(&parsed.logDrops, "log-drops", true, "log dropped flows, with pods and the policies that isolate them")
	flags.BoolVar(&parsed.cleanup, "cleanup", false, "remove all rules of this program and end")
	if err := flags.Parse(arguments); err != nil {
		return parsed, err
	}
	if flags.NArg() > 0 {
		return parsed, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	if parsed.cleanup {
		return parsed, nil
	}

	var err error
	if parsed.podCIDR, err = netip.ParsePrefix(podCIDR); err != nil || !parsed.podCIDR.Addr().Is4() {
		return parsed, fmt.Errorf("--pod-cidr: %q is not an IPv4 range such as 10.89.0.0/16", podCIDR)
	}
	parsed.podCIDR = parsed.podCIDR.Masked()
	if parsed.nodeIP, err = netip.ParseAddr(nodeIP); err != nil || !parsed.nodeIP.Is4() {
		return parsed, fmt.Errorf("--node-ip: %q is not an IPv4 address such as 10.89.0.1", nodeIP)
	}
	if queue > 65535 {
		return parsed, fmt.Errorf("--queue-num: %d is above 65535", queue)
	}
	parsed.queue = uint16(queue)
	// The kernel's limit; a longer name would fail later, inside iptables.
	if parsed.bridge == "" || len(parsed.bridge) > 15 {
		return parsed, fmt.Errorf("--bridge: %q is not an interface name of 1 to 15 characters", parsed.bridge)
	}
	if parsed.hold < 0 {
		return parsed, fmt.Errorf("--hold: %s is negative", parsed.hold)
	}
	for name, address := range map[string]string{"--healthz": parsed.healthz, "--metrics": parsed.metrics} {
		if _, _, err := net.SplitHostPort(address); address != "" && err != nil {
			return parsed, fmt.Errorf("%s: %q is not host:port", name, address)
		}
	}
	return parsed, nil
}
