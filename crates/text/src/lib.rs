//! Rules that rewrite text: normalisation, inverse normalisation, G2P, sentence splitting, PII patterns.
