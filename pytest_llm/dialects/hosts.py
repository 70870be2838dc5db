"""The hosts of the model providers."""

from __future__ import annotations

__all__ = ["PROVIDER_HOSTS", "known_host"]

PROVIDER_HOSTS: tuple[str, ...] = (
    "api.openai.com",
    "*.api.openai.com",
    "*.openai.azure.com",
    "*.cognitiveservices.azure.com",
    "*.services.ai.azure.com",
    "*.inference.ai.azure.com",
    "*.models.ai.azure.com",
    "models.github.ai",
    "models.inference.ai.azure.com",
    "api.anthropic.com",
    "generativelanguage.googleapis.com",
    "aiplatform.googleapis.com",
    "*-aiplatform.googleapis.com",
    "bedrock-runtime.*.amazonaws.com",
    "bedrock-runtime.*.amazonaws.com.cn",
    "bedrock-runtime-fips.*.amazonaws.com",
    "bedrock-mantle.*.api.aws",
    "api.mistral.ai",
    "codestral.mistral.ai",
    "api.groq.com",
    "api.together.xyz",
    "api.together.ai",
    "openrouter.ai",
    "api.deepseek.com",
    "api.x.ai",
    "*.api.x.ai",
    "api.cohere.com",
    "api.cohere.ai",
    "api.fireworks.ai",
    "api.perplexity.ai",
    "api.cerebras.ai",
    "router.huggingface.co",
    "api-inference.huggingface.co",
    "*.endpoints.huggingface.cloud",
    "api.replicate.com",
    "integrate.api.nvidia.com",
    "ai.api.nvidia.com",
    "api.voyageai.com",
    "api.jina.ai",
    "dashscope*.aliyuncs.com",
    "api.moonshot.ai",
    "api.moonshot.cn",
    "open.bigmodel.cn",
    "api.z.ai",
    "api.minimax.io",
    "api.minimax.chat",
    "api.sambanova.ai",
    "api.inference.crusoecloud.com",
    "api.studio.nebius.ai",
    "api.studio.nebius.com",
    "api.tokenfactory.nebius.com",
    "api.hyperbolic.xyz",
    "api.deepinfra.com",
    "api.novita.ai",
    "api.siliconflow.com",
    "api.siliconflow.cn",
    "api.ai21.com",
    "api.lambda.ai",
    "inference.baseten.co",
    "ark.*.volces.com",
    "ai-gateway.vercel.sh",
    "gateway.ai.cloudflare.com",
    "oai.endpoints.kepler.ai.cloud.ovh.net",
    "*.watsonx.ai",
    "*.ml.cloud.ibm.com",
    "ollama.com",
    "*.snowflakecomputing.com",
)

_EXACT = frozenset(host for host in PROVIDER_HOSTS if "*" not in host)
_PATTERNS = tuple((start, end) for start, star, end in (host.partition("*") for host in PROVIDER_HOSTS) if star)
_ENDS = tuple(end for _, end in _PATTERNS)


def known_host(host: str, path: str | None = None) -> bool:
    """Return whether ``host`` (without port) is a model provider's.

    A host that serves much else besides is known, when a path is given, only under the path of its models:
    Snowflake's under ``/api/v2/cortex/``.
    """
    name = host.lower().rstrip(".")
    if path is not None and name.endswith(".snowflakecomputing.com"):
        return path.startswith("/api/v2/cortex/")
    return name in _EXACT or (name.endswith(_ENDS) and any(_fits(name, start, end) for start, end in _PATTERNS))


def _fits(name: str, start: str, end: str) -> bool:
    # A star at the beginning stands for one character at least, one within for none.
    return len(name) >= len(start) + len(end) + (not start) and name.startswith(start) and name.endswith(end)
