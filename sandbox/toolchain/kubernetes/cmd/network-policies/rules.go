package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// The table security comes after filter: what the host's own firewall or kube-proxy refuses is refused
// before us, and a packet that policies accept has bypassed none of their rules.
const (
	table        = "security"
	chainPrefix  = "SAAS-NETPOL-"
	forwardChain = chainPrefix + "FORWARD"
	inputChain   = chainPrefix + "INPUT"
	newChain     = chainPrefix + "NEW"
)

// There is no jump from OUTPUT: what the host itself sends (probes, webhooks, users) is never judged.
var jumps = [][2]string{{"FORWARD", forwardChain}, {"INPUT", inputChain}}

// rulesIPv4 is the input of iptables-restore. It replaces our own chains at once and touches no other.
func rulesIPv4(options options) string {
	pods := options.podCIDR.String()
	return restoreInput(
		// Both directions also cover pod to pod on the bridge, by way of br_netfilter.
		"-A "+forwardChain+" -s "+pods+" -j "+newChain,
		"-A "+forwardChain+" -d "+pods+" -j "+newChain,
		// From a pod to the host. The bridge is named because the host reaches its own address over lo.
		"-A "+inputChain+" -i "+options.bridge+" -s "+pods+" -j "+newChain,
		"-A "+newChain+" -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT",
		"-A "+newChain+" -m conntrack --ctstate INVALID -j DROP",
		// A flow in midstream that the kernel does not know was cut. Taken up again by a packet of the
		// server it would be judged in the wrong direction, and could come back to life.
		"-A "+newChain+" -p tcp ! --syn -j DROP",
		// No --queue-bypass: without a listener the kernel drops.
		fmt.Sprintf("-A %s -j NFQUEUE --queue-num %d", newChain, options.queue),
	)
}

// rulesIPv6 closes IPv6 on the bridge. Pods have IPv4 addresses only, yet the kernel gives each a link-local
// IPv6 one, and no policy could name it.
func rulesIPv6(options options) string {
	return restoreInput(
		"-A "+forwardChain+" -i "+options.bridge+" -j DROP",
		"-A "+forwardChain+" -o "+options.bridge+" -j DROP",
		"-A "+inputChain+" -i "+options.bridge+" -j DROP",
	)
}

func restoreInput(rules ...string) string {
	lines := []string{"*" + table}
	for _, chain := range []string{forwardChain, inputChain, newChain} {
		lines = append(lines, ":"+chain+" - [0:0]")
	}
	lines = append(lines, rules...)
	return strings.Join(append(lines, "COMMIT", ""), "\n")
}

// runner runs a command with the given standard input and returns its standard output.
type runner func(input, name string, arguments ...string) (string, error)

func execute(input, name string, arguments ...string) (string, error) {
	command := exec.Command(name, arguments...)
	command.Stdin = strings.NewReader(input)
	var stderr bytes.Buffer
	command.Stderr = &stderr
	output, err := command.Output()
	if err != nil {
		err = fmt.Errorf("%s %s: %w: %s", name, strings.Join(arguments, " "), err, strings.TrimSpace(stderr.String()))
	}
	return string(output), err
}

type rules struct {
	run runner
	// Restore input by the name of the program that takes it: iptables, ip6tables.
	input map[string]string
	// What `-S` printed right after the last installation, to notice changes by others.
	installed map[string]string
}

func newRules(options options, run runner) *rules {
	input := map[string]string{"iptables": rulesIPv4(options)}
	if hasIPv6() {
		input["ip6tables"] = rulesIPv6(options)
	}
	return &rules{run: run, input: input, installed: map[string]string{}}
}

func hasIPv6() bool {
	_, err := os.Stat("/proc/net/if_inet6")
	return err == nil
}

// install puts the rules in place, whatever was there of an earlier run.
func (r *rules) install() error {
	for program, input := range r.input {
		if _, err := r.run(input, program+"-restore", "-w", "10", "--noflush"); err != nil {
			return err
		}
		for _, jump := range jumps {
			if _, err := r.run("", program, jumpArguments("-C", jump)...); err == nil {
				continue
			}
			if _, err := r.run("", program, jumpArguments("-I", jump)...); err != nil {
				return err
			}
		}
		listed, err := r.list(program)
		if err != nil {
			return err
		}
		r.installed[program] = listed
	}
	return nil
}

// repair installs the rules again when they are not what install left.
func (r *rules) repair() (repaired bool, err error) {
	for program := range r.input {
		listed, err := r.list(program)
		if err != nil {
			return false, err
		}
		if listed != r.installed[program] {
			return true, r.install()
		}
	}
	return false, nil
}

// list returns the lines of `-S` that are ours, jumps included.
func (r *rules) list(program string) (string, error) {
	output, err := r.run("", program, "-w", "10", "-t", table, "-S")
	lines := strings.Split(output, "\n")
	return strings.Join(slices.DeleteFunc(lines, func(line string) bool { return !strings.Contains(line, chainPrefix) }), "\n"), err
}

func jumpArguments(action string, jump [2]string) []string {
	return []string{"-w", "10", "-t", table, action, jump[0], "-j", jump[1]}
}

// checkBridgeNetfilter refuses a kernel that does not show bridged packets to iptables: between pods of one
// bridge no rule would then be asked, and everything would pass. The sandbox owns the settings.
func checkBridgeNetfilter(folder string) error {
	for _, setting := range []string{"bridge-nf-call-iptables", "bridge-nf-call-ip6tables"} {
		value, err := os.ReadFile(folder + "/" + setting)
		if err != nil {
			return fmt.Errorf("bridge netfilter is not available, so traffic between pods cannot be seen: %w", err)
		}
		if strings.TrimSpace(string(value)) != "1" {
			return fmt.Errorf("traffic between pods cannot be seen: set net.bridge.%s=1", setting)
		}
	}
	return nil
}

// removeRules removes every rule and chain that any version of this program made. Nothing to remove is fine.
func removeRules(run runner) error {
	var failures []error
	for _, program := range []string{"iptables", "ip6tables"} {
		if program == "ip6tables" && !hasIPv6() {
			continue
		}
		failures = append(failures, removeRulesOf(run, program))
	}
	return errors.Join(failures...)
}

func removeRulesOf(run runner, program string) error {
	do := func(arguments ...string) error {
		_, err := run("", program, append([]string{"-w", "10", "-t", table}, arguments...)...)
		return err
	}
	output, err := run("", program, "-w", "10", "-t", table, "-S")
	if err != nil {
		return err
	}
	var chains []string
	var others int
	var failures []error
	for _, line := range strings.Split(strings.TrimSpace(output), "\n") {
		fields := strings.Fields(line)
		switch {
		case len(fields) >= 2 && fields[0] == "-N" && strings.HasPrefix(fields[1], chainPrefix):
			chains = append(chains, fields[1])
		case len(fields) >= 2 && fields[0] == "-A" && strings.HasPrefix(fields[1], chainPrefix):
			// Goes with its chain.
		case len(fields) >= 4 && fields[0] == "-A" && strings.HasPrefix(fields[len(fields)-1], chainPrefix):
			failures = append(failures, do(append([]string{"-D"}, fields[1:]...)...))
		case len(fields) == 3 && fields[0] == "-P" && fields[2] == "ACCEPT":
			// A built-in chain as it always is.
		default:
			others++
		}
	}
	// Emptied before any is deleted: they refer to each other.
	for _, action := range []string{"-F", "-X"} {
		for _, chain := range chains {
			failures = append(failures, do(action, chain))
		}
	}
	if len(chains) > 0 && others == 0 {
		// Also the empty built-in chains that only our jumps brought to life. Older versions of iptables keep them.
		_ = do("-X")
	}
	return errors.Join(failures...)
}
