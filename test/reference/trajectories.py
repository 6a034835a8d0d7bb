"""Records episodes of Gymnasium's CartPole under a fixed policy: `python trajectories.py FOLDER [EPISODES]` (needs PyPI's gymnasium and numpy).

One .npz an episode with `observation` [T + 1, 4], `action` [T] and `reward` [T], as `trajectories(...)` reads them."""

import sys
from pathlib import Path

import gymnasium
import numpy


def main(folder, episodes):
    folder.mkdir(parents=True, exist_ok=True)
    env = gymnasium.make("CartPole-v1", max_episode_steps=60)
    draw = numpy.random.default_rng(1)
    for episode in range(episodes):
        observation, _ = env.reset(seed=episode)
        observations, actions, rewards, done = [observation], [], [], False
        while not done:
            # Mostly towards where the pole leans, so that episodes last.
            lean = observation[2] + observation[3]
            action = int(lean > 0) if draw.random() < 0.9 else int(draw.integers(2))
            observation, reward, terminated, truncated, _ = env.step(action)
            done = terminated or truncated
            observations.append(observation)
            actions.append(action)
            rewards.append(reward)
        numpy.savez_compressed(
            folder / f"episode-{episode:03d}.npz",
            observation=numpy.array(observations, numpy.float32),
            action=numpy.array(actions, numpy.int64),
            reward=numpy.array(rewards, numpy.float32),
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 20)
