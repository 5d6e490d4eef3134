"""From what is asked to a result: parse, plan, rules, SQL, run."""
