@user
Feature: An ordinary user needs no more than root does
  No daemon and no root: the same files give the same images, whoever builds.

  Scenario: The images of a user are those of root
    Given a fleet of "keel" and of "hull", which is built on it
    And "keel" also says "RUN ["/program", "greet"]" in its Dockerfile
    And the fleet was launched
    And I note which images "keel,hull" are
    When I become an ordinary user with a registry of my own
    And I launch the fleet
    Then the exit code is 0
    And it promoted 2 images
    And "keel,hull" are the very same images
    When I launch the fleet again
    Then the exit code is 0
    And nothing has changed
    And nothing is left on the machine
