import pytest
from vectors import case_bytes, load

from schemad import FrameError
from schemad import _frames as frames


@pytest.mark.parametrize("case", load("frames"), ids=lambda case: case["name"])
def test_vectors(case):
    """The vectors say how the agent reads a client's bytes; both sides share the reader."""
    data = case_bytes(case)
    try:
        frame = frames.read_frame(data, frames.FROM_CLIENT)
        outcome = "needMore" if frame is None else "ok"
    except FrameError as error:
        outcome = error.code
    assert outcome == case["expect"]


@pytest.mark.parametrize("case", [c for c in load("frames") if c["expect"] == "ok"], ids=lambda case: case["name"])
def test_written_as_read(case):
    data = case_bytes(case)
    frame = frames.read_frame(data, frames.FROM_CLIENT)
    assert frames.write_frame(frame.type, frame.body, frame.token) == data


@pytest.mark.parametrize("type_", [frames.HELLO, frames.RESPONSE, frames.EVENT])
def test_frames_of_the_agent(type_):
    data = frames.write_frame(type_, b"{}")
    assert frames.read_frame(data, frames.FROM_AGENT) == frames.Frame(type_, b"", b"{}")
    for length in range(len(data)):
        assert frames.read_frame(data[:length], frames.FROM_AGENT) is None


def test_a_request_from_the_agent_is_refused():
    with pytest.raises(FrameError, match="badFrame"):
        frames.read_frame(frames.write_frame(frames.REQUEST, b"{}"), frames.FROM_AGENT)


@pytest.mark.parametrize("type_", list(frames.BODY_CAPS))
def test_caps_by_type(type_):
    cap = frames.BODY_CAPS[type_]
    assert len(frames.write_frame(type_, b"x" * cap)) == frames.HEADER_LENGTH + cap
    with pytest.raises(FrameError, match="tooLarge"):
        frames.write_frame(type_, b"x" * (cap + 1))


def test_invalid_frames_are_not_written():
    with pytest.raises(FrameError, match="tooLarge"):
        frames.write_frame(frames.REQUEST, b"{}", b"t" * 513)
    with pytest.raises(FrameError, match="badFrame"):
        frames.write_frame(frames.REQUEST, b"")
    with pytest.raises(FrameError, match="badFrame"):
        frames.write_frame(frames.HELLO, b"{}", b"token")
