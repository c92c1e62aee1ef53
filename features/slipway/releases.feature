@git
Feature: One inventory serves nightlies and releases
  The same images are built from the newest source every night, and from a branch
  for each release. What differs stands in variables, so one folder and one
  playbook do for all; each has tags of its own.

  Background:
    Given a fleet of "keel" and of "hull", which is built on it
    And a repository "engine" with a file "lib/engine.rb":
      """
      puts "three"
      """
    And "engine" has a branch "3.0-stable"
    And a file "inventory/images/keel/image.yml":
      """
      source:
        git: ../../../../engine
        ref: '{{ .branch | default "main" }}'
        to: src
      """
    And "keel" also says "COPY src /opt/src" in its Dockerfile
    And a file "launch.yml":
      """
      - name: Build, prove, launch
        images: all
        vars: { channel: latest }
        tasks:
          - build:
          - push: { tags: ["test-{{ .channel }}"] }
          - smoke: { from: "test-{{ .channel }}" }
          - promote: { from: "test-{{ .channel }}", to: ["{{ .channel }}"] }
      """
    And the fleet was launched
    And a commit in "engine" with a file "lib/engine.rb":
      """
      puts "four"
      """
    And the fleet was launched

  Scenario: A release has tags of its own
    Given I note what "latest" of "hull" is
    When I say "slipway run launch.yml -e branch=3.0-stable -e channel=3.0"
    Then the exit code is 0
    And it promoted 2 images
    And "latest" of "hull" is what it was
    Given I note what "3.0" of "hull" is
    And a commit in "engine" with a file "lib/engine.rb":
      """
      puts "five"
      """
    When I launch the fleet
    Then the exit code is 0
    And "latest" of "hull" has moved
    And "3.0" of "hull" is what it was

  Scenario: A release that was built as a nightly is not built again
    When I say "slipway run launch.yml -e branch=3.0-stable -e channel=3.0"
    Then the exit code is 0
    And "keel" was reused and "hull" was reused

  Scenario: A release is made again when its branch gets a fix
    Given the release "slipway run launch.yml -e branch=3.0-stable -e channel=3.0" was made
    And I note what "3.0" of "hull" is
    And a commit in "engine" on "3.0-stable" with a file "lib/engine.rb":
      """
      puts "three, mended"
      """
    When I say "slipway run launch.yml -e branch=3.0-stable -e channel=3.0"
    Then the exit code is 0
    And "keel" was built and "hull" was built
    And "3.0" of "hull" has moved
