"""Averages the weights of models of one descent: python average.py --models c/final.pt d/final.pt --out average.pt

Two endings from one stable checkpoint lie in one basin, and their mean generalises better than either
(Wortsman et al. 2022, "Model soups"). Only the weights are averaged; the result is for export, not for training on."""

import argparse

import torch


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", nargs="+", required=True)
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    saved = [torch.load(path, map_location="cpu", weights_only=True) for path in args.models]
    if any(s["config"] != saved[0]["config"] for s in saved):
        raise SystemExit("the models are not of one shape; give endings of one training")
    master = {name: torch.stack([s["master"][name] for s in saved]).mean(0) for name in saved[0]["master"]}
    torch.save({"master": master, "config": saved[0]["config"]}, args.out)


if __name__ == "__main__":
    main()
