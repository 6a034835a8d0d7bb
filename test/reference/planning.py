"""Plays Gymnasium's CartPole by planning: `python planning.py EPISODES STEPS COMMAND...` prints returns as JSON, of the plans and of random actions.

COMMAND is a process that reads an observation a line, as a JSON array, and answers with a JSON document whose `points` holds a plan: its first action is taken, and the
next observation is planned for anew (model predictive control). An episode ends after STEPS, so that is the largest return there is."""

import json
import subprocess
import sys

import gymnasium
import numpy


def play(env, seed, act):
    observation, _ = env.reset(seed=seed)
    total, done = 0.0, False
    while not done:
        observation, reward, terminated, truncated, _ = env.step(act(observation))
        total += reward
        done = terminated or truncated
    return total


def main(episodes, steps, command):
    env = gymnasium.make("CartPole-v1", max_episode_steps=steps)
    draw = numpy.random.default_rng(0)
    # Seeds that no recorded episode had.
    seeds = range(100_000, 100_000 + episodes)
    planner = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def planned(observation):
        print(json.dumps([float(x) for x in observation]), file=planner.stdin, flush=True)
        return int(json.loads(planner.stdout.readline())["points"][0][0])

    returns = {
        "planned": [play(env, seed, planned) for seed in seeds],
        "random": [play(env, seed, lambda _: int(draw.integers(2))) for seed in seeds],
    }
    planner.stdin.close()
    if planner.wait() != 0:
        sys.exit(f"the planner ended with {planner.returncode}")
    print(json.dumps(returns))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
