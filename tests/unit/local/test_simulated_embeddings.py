"""The simulated embedding deployment, asked by the real SDK."""

from typing import Any

import openai
import pytest

NAME = "simulated-embedding"


async def embed(client: openai.AsyncOpenAI, *texts: str, **more: Any) -> Any:
    return await client.embeddings.create(**{"model": NAME, "input": list(texts), **more})


def likeness(one: list[float], other: list[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("surface", ["v1", "dated"])
@pytest.mark.parametrize("encoding", [{}, {"encoding_format": "float"}], ids=["the SDK's own base64", "numbers"])
async def test_each_text_gets_a_vector_on_both_surfaces(simulated: Any, surface: str, encoding: Any) -> None:
    answer = await embed(getattr(simulated, surface), "home town", "town", "invoice", **encoding)
    home, town, invoice = (item.embedding for item in answer.data)
    assert likeness(home, home) == pytest.approx(1)
    assert likeness(home, town) > likeness(home, invoice)
    assert (answer.model, answer.usage.prompt_tokens) == (NAME, 6)
    [entry] = await simulated.log()
    assert (entry["deployment"], entry["surface"], entry["promptTokens"]) == (NAME, surface, 6)


async def test_the_chat_deployment_embeds_nothing_and_the_other_chats_not(simulated: Any) -> None:
    with pytest.raises(openai.NotFoundError):
        await embed(simulated.v1, "town", model="gpt")
    with pytest.raises(openai.NotFoundError):
        await simulated.v1.chat.completions.create(model=NAME, messages=[{"role": "user", "content": "hi"}])


@pytest.mark.parametrize("texts", [[], [""], ["x"] * 2049])
async def test_what_the_service_would_refuse_is_refused(simulated: Any, texts: list[str]) -> None:
    with pytest.raises(openai.BadRequestError, match="input"):
        await embed(simulated.v1, *texts)


async def test_faults_and_keys_are_met_alike(simulated: Any) -> None:
    await simulated.fault("unavailable", match={"contains": "town"})
    with pytest.raises(openai.InternalServerError):
        await embed(simulated.v1, "town")
    assert (await embed(simulated.v1, "city")).data
    with pytest.raises(openai.AuthenticationError):
        await embed(simulated.v1.with_options(api_key="stolen-key"), "city")
