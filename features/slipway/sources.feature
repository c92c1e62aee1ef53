@git
Feature: A commit in a source repository builds the images that are made from it
  An image may be made from a repository of its own, beside the one with the
  Dockerfiles. When a change is merged there, the images tied to it are made
  anew, with all that stands on them; so a plan asks the repository, too.

  Background:
    Given a fleet of "keel" and of "hull", which is built on it
    And a repository "engine" with a file "lib/engine.rb":
      """
      puts "one"
      """
    And a file "inventory/images/keel/image.yml":
      """
      source:
        - git: ../../../../engine
          ref: main
          path: lib
          to: src
      """
    And "keel" also says "COPY src /opt/src" in its Dockerfile
    And the fleet was launched

  Scenario: A commit is built, proved and promoted
    Given a commit in "engine" with a file "lib/engine.rb":
      """
      puts "two"
      """
    When I say "slipway why hull"
    Then it says "waits for keel"
    And it says "source ../../../../engine (lib) main:"
    And it says "(1 commit)"
    And it names the last two commits of "engine"
    When I launch the fleet
    Then the exit code is 0
    And it promoted 2 images
    And "keel" was built and "hull" was built

  Scenario: A commit that no image is made of
    Given a commit in "engine" with a file "README.md":
      """
      How to build an engine.
      """
    When I launch the fleet
    Then the exit code is 0
    And nothing was built again

  Scenario: A commit that comes to the same image
    Given a file "inventory/images/keel/.dockerignore":
      """
      src/*_test.rb
      """
    And the fleet was launched
    And a commit in "engine" with a file "lib/engine_test.rb":
      """
      raise unless system "engine"
      """
    When I launch the fleet
    Then the exit code is 0
    And "keel" was built and "hull" was reused

  Scenario: A fresh machine knows the commit
    When I launch the fleet from a fresh machine
    Then the exit code is 0
    And nothing was built again

  Scenario: The repository is not to be reached
    Given a file "inventory/images/keel/image.yml":
      """
      source: { git: "http://127.0.0.1:1/engine.git", ref: main }
      """
    When I say "slipway inventory graph"
    Then the exit code is 0
    And it says "So nobody knows what keel is made from."
    When I say "slipway plan"
    Then the exit code is 4
    When I launch the fleet
    Then the exit code is 4
    And it promoted 0 images
