@podman
Feature: What was launched runs elsewhere
  An image is an image: others run it without knowing where it was built.

  Scenario: podman runs what was promoted
    Given a fleet of "keel" and of "hull", which is built on it
    And the fleet was launched
    When podman runs "greet" in "latest" of "hull"
    Then the exit code is 0
    And it says "good day"
