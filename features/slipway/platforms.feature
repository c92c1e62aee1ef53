Feature: One image for several platforms
  An image is one thing under one tag, whatever machine asks for it. What it is
  made of is as many builds, each decided, built and proved on its own: the
  fleet pays for what changed, and nothing reaches a tag that was not proved for
  every machine that will run it.

  Background:
    Given a fleet of "keel" and of "hull", which is built on it
    And "keel" is proved by:
      """
        Scenario: It has its program
          Then the file "/program" exists
      """
    And "hull" is proved by:
      """
        Scenario: It has its program
          Then the file "/program" exists
      """
    And the fleet was launched

  Scenario: Adding a platform builds that platform only
    Given the fleet is built for this machine and for "linux/s390x"
    When I say "slipway plan"
    Then it says "platform linux/s390x is new"
    When I launch the fleet
    Then the exit code is 0
    And it promoted 2 images
    And "keel" and "hull" were built for "linux/s390x" only
    When I launch the fleet from a fresh machine
    Then nothing was built again
    And nothing has changed

  Scenario: Taking a platform away builds nothing
    Given the fleet is built for this machine and for "linux/s390x"
    And the fleet was launched
    When "keel" and "hull" are built for this machine alone
    And I launch the fleet
    Then the exit code is 0
    And nothing was built again
    And it promoted 2 images

  Scenario: A platform that nobody could prove holds the image back
    Given the fleet is built for this machine and for "linux/s390x"
    And "hull" is proved by:
      """
        Scenario: It greets
          When I run "/program greet"
          Then the stdout equals "good day"
      """
    And I note what "latest" of "hull" is
    When I launch the fleet
    Then the exit code is 3
    And it says "cannot execute programs for linux/s390x"
    And "latest" of "hull" is what it was

  Scenario: A platform goes unproved when its owner says so, and that is on record
    Given the fleet is built for this machine and for "linux/s390x"
    And "hull" need not be proved for "linux/s390x"
    When I launch the fleet
    Then the exit code is 0
    And it promoted 2 images
    And it says "linux/s390x waived"
    When I say "slipway verify hull"
    Then it says "linux/s390x: waived"

  Scenario: What is deployed is what is for this machine
    Given the fleet is built for this machine and for "linux/s390x"
    And "hull" need not be proved for "linux/s390x"
    And a file "deploy/compose.yml":
      """
      services:
        keel: { image: localhost/keel }
        hull: { image: localhost/hull, depends_on: [keel] }
      """
    And a file "launch.yml":
      """
      - name: Build
        images: all
        tasks:
          - build: {}
          - push: { tags: [test] }
      - name: Deploy, prove, launch
        images: all
        tasks:
          - deploy: { file: deploy/compose.yml, timeout: 2m }
          - smoke: {}
          - promote: { to: [latest], set: fleet }
      """
    And "hull" is proved by:
      """
        Scenario: it answers
          Given the deployment under test
          Then the deployment under test runs the image under test
          And the service "hull" answers "/" on port 8080 with 200 within "20s"
      """
    When I launch the fleet
    Then the exit code is 0
    And it promoted 2 images
    When I launch the fleet again
    Then nothing has changed
