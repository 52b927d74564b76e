"""Tests: a mirror of the sources, plus whole journeys and guards over the code base."""
