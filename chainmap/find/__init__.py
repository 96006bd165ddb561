"""Status of links, gaps and what they are worth: the rules by their name."""

from __future__ import annotations

from chainmap.core.derivation import Rule
from chainmap.find import evidence, figures, gaps, status, value

RULES: dict[str, Rule] = {
    "project_stage": evidence.project_stage,
    "producing": evidence.producing,
    "supply": evidence.supply,
    "made_here": evidence.made_here,
    "demand": evidence.demand,
    "derived_demand": evidence.derived_demand,
    "standing": status.standing,
    "evidence_standing": status.evidence_standing,
    "status": status.status,
    "contradictions": status.contradictions,
    "stale": status.stale,
    "producers": status.producer_count,
    "groups": status.group_count,
    "wanted_rows": status.wanted_rows,
    "accepted_requests": status.accepted_requests,
    "gap": gaps.gap,
    "worth": value.worth,
    "check_worth": value.check_worth,
    "dependents": value.dependents,
    "critical": value.critical,
    "wanted_count": value.wanted_count,
    "priority": value.priority,
    "counts": figures.counts,
    "completeness": figures.completeness,
    "local_ratio_value": figures.local_ratio_value,
    "local_ratio_count": figures.local_ratio_count,
    "chain_figures": figures.chain_figures,
    "link_figures": figures.link_figures,
}
