package bench

import "fmt"

func (r *report) memory() {
	const all, some, requests = 1_000_000, 100_000, 1_000_000
	r.title(2, "Memory")
	r.say(`Heap growth while customers come, each with a 12-method answer, at a bound of 10,000 customers. The libraries'
answers are copies of their own, as a loader makes them. The hit ratio is that of %d requests of %d customers, Zipf 1.1,
at the same bound.`,
		requests, some)
	var rows [][]any
	for _, m := range makers {
		customers := some // for others the number only makes them slower: they hold as many as the bound
		if m.name == makers[0].name {
			customers = all
		}
		bytes := grown(r.t, m, customers)
		rows = append(rows, []any{m.name, customers, fmt.Sprintf("%.1f MB", float64(bytes)/1e6),
			fmt.Sprintf("%.1f %%", 100*hitRatio(r.t, m, some, requests)),
			r.musts(ours(m, "a million customers"), promise{bytes < 20e6, "under 20 MB"})})
	}
	r.table("|customers|heap growth|hit ratio|must", rows)
}

func (r *report) quota() {
	r.title(2, "Upstream calls a day")
	r.say(`The first day after a deploy, in virtual time, with the engine as it ships: %d requests a day, divided by the
instances. Ottu allows 90,000 a day and user. Each shopper comes to the checkout three times within five minutes, at an
instance that a load balancer picks; as many guests come as customers, and cost nothing but the base answers.`, dayQuota)
	var rows [][]any
	for _, s := range shopSizes {
		d := s.simulate(r.t)
		rows = append(rows, []any{s.name, s.currencies, s.types, s.customers, s.instances, d.calls, d.base, d.held,
			fmt.Sprintf("%.1f %%", 100*float64(d.personal)/float64(d.requests)), d.failed,
			r.musts("a day of the "+s.name,
				promise{d.calls <= dayQuota, "within the quota"}, promise{d.failed == 0, "all answered"})})
	}
	r.table("shop|currencies|cart types|customers|instances|upstream calls|of these, base|customers' held back|"+
		"customers' requests with their own answer|requests without one|must", rows)
}
