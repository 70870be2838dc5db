"""How a judge is asked and understood: rubrics, prompts, the parsing of its answers, grades. No input or output."""
