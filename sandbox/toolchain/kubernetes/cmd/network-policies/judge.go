package main

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/informers"
	networkinglisters "k8s.io/client-go/listers/networking/v1"
	"k8s.io/client-go/tools/cache"
	"sigs.k8s.io/kube-network-policies/pkg/api"
	"sigs.k8s.io/kube-network-policies/pkg/network"
	"sigs.k8s.io/kube-network-policies/pkg/networkpolicy"
	"sigs.k8s.io/kube-network-policies/pkg/podinfo"
)

// judge decides about the first packet of a flow. What policies mean is left to the upstream evaluator.
type judge struct {
	options   options
	pods      api.PodInfoProvider
	evaluator api.PolicyEvaluator
	policies  networkinglisters.NetworkPolicyLister
}

// verdict is the outcome for one packet.
type verdict struct {
	allow bool
	// An address of the pod range that no known pod has. The pod may just be starting: worth asking again.
	unknown bool
	// "egress" or "ingress" when a policy denied it, else empty.
	direction   string
	reason      string
	source      string
	destination string
}

func newJudge(options options, factory informers.SharedInformerFactory) (*judge, error) {
	pods := factory.Core().V1().Pods()
	namespaces := factory.Core().V1().Namespaces()
	policies := factory.Networking().V1().NetworkPolicies()
	if err := pods.Informer().SetTransform(trimPod); err != nil {
		return nil, err
	}
	if err := policies.Informer().SetTransform(closeEmptyRules); err != nil {
		return nil, err
	}
	resolver, err := newPodResolver(pods.Informer())
	if err != nil {
		return nil, err
	}
	provider := podinfo.NewInformerProvider(pods, namespaces, nil, []podinfo.IPResolver{resolver})
	return &judge{
		options: options,
		pods:    provider,
		// The node's name only filters change events of the evaluator, which nobody listens to here.
		evaluator: networkpolicy.NewStandardNetworkPolicy("", namespaces, pods, policies),
		policies:  policies.Lister(),
	}, nil
}

// trimPod drops the largest part of a pod that nobody reads.
func trimPod(object any) (any, error) {
	if pod, ok := object.(*corev1.Pod); ok {
		pod.ManagedFields = nil
	}
	return object, nil
}

// closeEmptyRules keeps an empty list of rules from being read as "allow all": the evaluator tells nil, which
// denies, from empty. The API server omits both, so this only matters for clients that do not.
func closeEmptyRules(object any) (any, error) {
	if policy, ok := object.(*networkingv1.NetworkPolicy); ok {
		if len(policy.Spec.Ingress) == 0 {
			policy.Spec.Ingress = nil
		}
		if len(policy.Spec.Egress) == 0 {
			policy.Spec.Egress = nil
		}
	}
	return object, nil
}

func (j *judge) decide(ctx context.Context, packet *network.Packet) verdict {
	source, sourceKnown := j.podAt(packet.SrcIP)
	destination, destinationKnown := j.podAt(packet.DstIP)
	result := verdict{
		source:      describe(source, packet.SrcIP, packet.SrcPort),
		destination: describe(destination, packet.DstIP, packet.DstPort),
	}
	switch {
	case !sourceKnown:
		result.unknown, result.reason = true, "no pod is known at the source address"
	case packet.DstIP.IsMulticast() || packet.DstIP.Equal(net.IPv4bcast):
		// One packet reaches many pods, whose policies cannot be asked. Pod networks know no multicast.
		result.reason = "multicast and broadcast between pods are not supported"
	case !destinationKnown:
		result.unknown, result.reason = true, "no pod is known at the destination address"
	case packet.SrcIP.Equal(packet.DstIP):
		// A pod that reaches itself through a Service. No policy may forbid it.
		result.allow = true
	default:
		if j.denied(ctx, &result, "egress", j.evaluator.EvaluateEgress, packet, source, destination) {
			result.reason = j.isolation(source, networkingv1.PolicyTypeEgress)
		} else if j.denied(ctx, &result, "ingress", j.evaluator.EvaluateIngress, packet, source, destination) {
			result.reason = j.isolation(destination, networkingv1.PolicyTypeIngress)
		} else {
			result.allow = true
		}
	}
	return result
}

func (j *judge) denied(ctx context.Context, result *verdict, direction string, evaluate networkpolicy.EvaluatorFunc,
	packet *network.Packet, source, destination *api.PodInfo) bool {
	outcome, err := evaluate(ctx, packet, source, destination)
	if err == nil && outcome != api.VerdictDeny {
		return false
	}
	result.direction = direction
	return true
}

// podAt returns the pod at an address; nil for an address outside the pod range and for the node itself.
func (j *judge) podAt(ip net.IP) (pod *api.PodInfo, known bool) {
	address, _ := netip.AddrFromSlice(ip)
	address = address.Unmap()
	if !j.options.podCIDR.Contains(address) || address == j.options.nodeIP {
		return nil, true
	}
	pod, found := j.pods.GetPodInfoByIP(address.String())
	// Every namespace has labels (its name at least), so none means that it has not arrived yet.
	if !found || len(pod.Namespace.Labels) == 0 {
		return nil, false
	}
	return pod, true
}

// isolation names the policies that isolate a pod in one direction: none of them has a rule that fits.
func (j *judge) isolation(pod *api.PodInfo, direction networkingv1.PolicyType) string {
	all, _ := j.policies.NetworkPolicies(pod.Namespace.Name).List(labels.Everything())
	var names []string
	for _, policy := range all {
		selector, err := metav1.LabelSelectorAsSelector(&policy.Spec.PodSelector)
		if err == nil && selector.Matches(labels.Set(pod.Labels)) && slices.Contains(policy.Spec.PolicyTypes, direction) {
			names = append(names, policy.Name)
		}
	}
	slices.Sort(names)
	return fmt.Sprintf("no %s rule of %s/{%s} allows it", strings.ToLower(string(direction)), pod.Namespace.Name, strings.Join(names, ","))
}

func describe(pod *api.PodInfo, ip net.IP, port int) string {
	address := ip.String()
	if port != 0 {
		address = fmt.Sprintf("%s:%d", ip, port)
	}
	if pod == nil {
		return address
	}
	return fmt.Sprintf("%s/%s (%s)", pod.Namespace.Name, pod.Name, address)
}

const podIPIndex = "address"

// podResolver finds pods by address. Unlike the upstream one it forgets a pod as soon as it has ended: its
// address may already belong to another pod, whose status is still on the way.
type podResolver struct {
	pods cache.Indexer
}

func newPodResolver(informer cache.SharedIndexInformer) (*podResolver, error) {
	err := informer.AddIndexers(cache.Indexers{podIPIndex: func(object any) ([]string, error) {
		pod, ok := object.(*corev1.Pod)
		if !ok || pod.Spec.HostNetwork || pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed {
			return nil, nil
		}
		var addresses []string
		for _, ip := range pod.Status.PodIPs {
			addresses = append(addresses, ip.IP)
		}
		return addresses, nil
	}})
	return &podResolver{pods: informer.GetIndexer()}, err
}

// LookupPod returns namespace/name of the pod at an address, the newest if two claim it.
func (r *podResolver) LookupPod(ip string) (string, bool) {
	objects, err := r.pods.ByIndex(podIPIndex, ip)
	if err != nil {
		return "", false
	}
	var newest *corev1.Pod
	for _, object := range objects {
		pod := object.(*corev1.Pod)
		if newest == nil || newest.CreationTimestamp.Before(&pod.CreationTimestamp) {
			newest = pod
		}
	}
	if newest == nil {
		return "", false
	}
	return newest.Namespace + "/" + newest.Name, true
}
