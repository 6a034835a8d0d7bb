"""Records episodes of Gymnasium's CartPole (needs PyPI's gymnasium and numpy), as `trajectories(...)` reads them.

`python trajectories.py FOLDER [EPISODES]`: one .npz an episode with `observation` [T + 1, 4], `action` [T] and `reward` [T], under one policy.
`python trajectories.py FILE.npz [EPISODES]`: all in one file, by step, `episode` numbers them, under policies from random to balancing."""

import sys
from pathlib import Path

import gymnasium
import numpy


def record(env, draw, seed, balancing):
    """One episode; a share `balancing` of the actions is towards where the pole leans, the others are random."""
    observation, _ = env.reset(seed=seed)
    observations, actions, rewards, done = [observation], [], [], False
    while not done:
        lean = observation[2] + observation[3]
        action = int(lean > 0) if draw.random() < balancing else int(draw.integers(2))
        observation, reward, terminated, truncated, _ = env.step(action)
        done = terminated or truncated
        observations.append(observation)
        actions.append(action)
        rewards.append(reward)
    return {
        "observation": numpy.array(observations, numpy.float32),
        "action": numpy.array(actions, numpy.int64),
        "reward": numpy.array(rewards, numpy.float32),
    }


def main(out, episodes):
    env = gymnasium.make("CartPole-v1", max_episode_steps=60)
    draw = numpy.random.default_rng(1)
    if out.suffix == ".npz":
        found = [record(env, draw, seed, draw.uniform(0, 0.9)) for seed in range(episodes)]
        numpy.savez_compressed(
            out,
            observation=numpy.concatenate([e["observation"][:-1] for e in found]),
            action=numpy.concatenate([e["action"] for e in found]).astype(numpy.uint8),
            episode=numpy.concatenate([numpy.full(len(e["action"]), i, numpy.int32) for i, e in enumerate(found)]),
        )
        return
    out.mkdir(parents=True, exist_ok=True)
    for episode in range(episodes):
        # Mostly towards where the pole leans, so that episodes last.
        numpy.savez_compressed(out / f"episode-{episode:03d}.npz", **record(env, draw, episode, 0.9))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 20)
