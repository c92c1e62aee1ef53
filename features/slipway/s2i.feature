@assets
Feature: Source code becomes an image by way of a builder image
  Source-to-image, as OpenShift has it: a builder holds the compiler and two
  scripts, assemble and run; an application is its source and the name of a
  builder; what is deployed holds the result and no compiler.

  Background:
    Given the shell of the reference site as "base"
    And a file "inventory/images/shipwright/Dockerfile":
      """
      FROM localhost/base
      LABEL io.openshift.s2i.scripts-url=image:///usr/libexec/s2i
      COPY --chmod=0755 scripts /usr/libexec/s2i
      COPY --chmod=0755 tar /usr/local/bin/tar
      RUN mkdir -p /app && chmod 0777 /app
      """
    And a file "inventory/images/shipwright/scripts/assemble":
      """
      #!/bin/sh
      if [ -f /tmp/artifacts/planks ]; then echo "planks are there"; else echo "sawing planks"; fi
      if [ -f /tmp/src/rotten ]; then echo "hull.txt:1: rotten wood"; exit 1; fi
      cat /tmp/src/hull.txt > /app/ship
      """
    And a file "inventory/images/shipwright/scripts/run":
      """
      #!/bin/sh
      cat /app/ship
      """
    And a file "inventory/images/shipwright/scripts/save-artifacts":
      """
      #!/bin/sh
      mkdir -p /tmp/saved
      cd /tmp/saved
      echo oak > planks
      /bin/tar -c -f /tmp/saved.tar planks
      cat /tmp/saved.tar
      """
    And a file "inventory/images/shipwright/tar":
      """
      #!/bin/sh
      # That of the base wants to be told where to, as no other does.
      exec /bin/tar "$@" .
      """
    And a file "inventory/images/sloop/image.yml":
      """
      strategy: s2i
      config: { builder: localhost/shipwright, incremental: true }
      """
    And a file "inventory/images/sloop/hull.txt":
      """
      a sloop
      """
    And a file "inventory/images/harbour/Dockerfile":
      """
      FROM scratch
      COPY --from=localhost/sloop /app/ship /ship
      """
    And a file "launch.yml":
      """
      - images: all
        tasks:
          - build:
          - push: { tags: [test] }
      """

  Scenario: A change of the source goes all the way to what is deployed
    Given the fleet was launched
    When I say "slipway inventory graph"
    Then it says "sloop"
    Given a file "inventory/images/sloop/hull.txt":
      """
      a better sloop
      """
    When I say "slipway why harbour"
    Then it says "hull.txt changed"
    When I launch the fleet
    Then the exit code is 0
    And "shipwright" was reused and "sloop" was built
    And it says "planks are there"
    And nothing is left on the machine

  Scenario: A builder that changes builds its applications again
    Given the fleet was launched
    And "shipwright" also says "RUN echo teak > /app/wood" in its Dockerfile
    When I launch the fleet
    Then the exit code is 0
    And "shipwright" was built and "sloop" was built

  Scenario: What is no source counts for nothing
    Given the fleet was launched
    And a file "inventory/images/sloop/.s2iignore":
      """
      *.md
      """
    And a file "inventory/images/sloop/README.md":
      """
      How to sail.
      """
    When I launch the fleet
    Then "shipwright" was reused and "sloop" was built
    Given a file "inventory/images/sloop/README.md":
      """
      How to sail, and how not to.
      """
    And a file "inventory/images/sloop/features/sloop.feature":
      """
      Feature: A sloop
      """
    When I launch the fleet
    Then the exit code is 0
    And nothing was built again

  Scenario: Source that cannot be assembled
    Given a file "inventory/images/sloop/rotten":
      """
      """
    When I launch the fleet
    Then the exit code is 2
    And it says "hull.txt:1: rotten wood"
    And it says "blocked: [harbour]"

  Scenario: A builder that is none
    Given a file "inventory/images/sloop/image.yml":
      """
      strategy: s2i
      config: { builder: localhost/base }
      """
    When I launch the fleet
    Then the exit code is 2
    And it says "inventory/images/sloop/image.yml:2:20"
    And it says "it has no label io.openshift.s2i.scripts-url"

  Scenario: A builder that nobody has
    Given a file "inventory/images/sloop/image.yml":
      """
      strategy: s2i
      config: { builder: localhost/shipwrigth }
      """
    When I launch the fleet
    Then the exit code is 6
    And it says "inventory/images/sloop/image.yml:2:20: error[dangling-reference]"

  Scenario: From a repository to what is deployed, as a chain of builds
    Given a repository "ships" with a file "fleet/hull.txt":
      """
      a brig
      """
    And a file "inventory/images/sloop/image.yml":
      """
      strategy: s2i
      config: { builder: localhost/shipwright, context: src }
      source:
        - git: ../../../../ships
          path: fleet
          to: src
      """
    And a file "inventory/images/quay/image.yml":
      """
      source:
        - dockerfile: |
            FROM scratch
            COPY ship /ship
        - image: sloop
          paths: { /app/ship: . }
      """
    When I launch the fleet
    Then the exit code is 0
    Given a commit in "ships" with a file "fleet/hull.txt":
      """
      a better brig
      """
    When I say "slipway why quay"
    Then it says "(1 commit)"
    And it names the last two commits of "ships"
    When I launch the fleet
    Then the exit code is 0
    And "sloop" was built and "quay" was built
    And "shipwright" was reused and "sloop" was built
